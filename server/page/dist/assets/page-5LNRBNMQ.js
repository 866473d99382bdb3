import{A as H,B as rt,C as qe,D as U,E as vt,F as Oe,G as dt,H as F,I as Lt,J as E,K as L,L as st,M as B,N as C,O as d,P as gt,Q as k,R as K,S as ut,T as zt,U as J,V as m,W as N,X as $t,Y as Q,Z as R,a as Ft,b as Ce,c as h,d as f,e as Y,f as b,g as P,h as o,i as Me,j as Le,k as jt,l as z,m as _e,n as St,o as Z,p as Ae,q as Tt,r as A,s as w,t as et,u as mt,v as x,w as oe,x as Ct,y as Mt,z as Re}from"./chunk-5BDFFRH6.js";var Ys={overview:"M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",trail:"M2.5 4h11M2.5 8h11M2.5 12h7",conversations:"M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z",leads:"M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5",rejected:"M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2",settings:"M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4",search:"M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",menu:"M2.5 4.5h11M2.5 8h11M2.5 11.5h11",close:"M4 4l8 8M12 4l-8 8",back:"M9.5 3.5 5 8l4.5 4.5",down:"M4 6l4 4 4-4",right:"M6 4l4 4-4 4",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2v9.6L12.5 8z",up:"M8 13V3.5M4 7.5l4-4 4 4",sun:"M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",moon:"M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",auto:"M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8",quiet:"M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4",lock:"M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2"},T=({name:t})=>o`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${Ys[t]} /></svg>`;function q(t,e,s=!1){let[n,a]=h({key:void 0,data:null,error:null}),[r,i]=h(0);f(()=>{let c=new AbortController,u=$=>{c.signal.aborted||a(p=>({key:e,data:p.key===e||s?p.data:null,error:null,...$}))};return t({signal:c.signal}).then($=>u({data:$}),$=>u({error:$})),()=>c.abort()},[e,r]),f(()=>Z.watch(c=>{c&&n.error?.status===0&&i(u=>u+1)}),[n]);let l=n.key===e;return{data:l||s?n.data:null,error:l?n.error:null,loading:!l||!n.data&&!n.error,reload:()=>i(c=>c+1),replace:c=>a({key:e,data:c,error:null})}}var pt=({lines:t=6})=>o`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({length:t},()=>o`<span class="bone" />`)}</div>`;function j({error:t,retry:e,children:s}){let{status:n,title:a,detail:r}=t;return o`<div class="notice bad" role="alert">
        <p><strong>${a??"Something went wrong"}</strong>${n?o` <span class="faint">${n}</span>`:null}</p>
        ${r||t.message!==a?o`<p>${r||t.message}</p>`:null}
        ${s}
        ${e&&o`<p><button type="button" onClick=${e}>Try again</button></p>`}
    </div>`}var g=({title:t,children:e})=>o`<div class="empty"><p class="empty-title">${t}</p>${e}</div>`;function _({of:t,lines:e,children:s}){return t.loading?o`<${pt} lines=${e} />`:o`${t.error&&o`<${j} error=${t.error} retry=${t.reload} />`}${t.data&&s(t.data)}`}var _t=jt([]),Xs=0;function ht(t,e=""){let s=++Xs;_t.set([..._t.get(),{id:s,text:t,kind:e}].slice(-3)),setTimeout(()=>_t.set(_t.get().filter(n=>n.id!==s)),5e3)}var Ne=()=>o`<div class="toasts" role="status">
    ${z(_t).map(({id:t,text:e,kind:s})=>o`<p key=${t} class="toast ${s}">${e}</p>`)}</div>`,re=null;function Zs(){document.querySelector("dialog[open]")||(re?.focus(),re=null)}function X({title:t,onClose:e,held:s,children:n,class:a=""}){let r=b();return Y(()=>(re??=document.activeElement,r.current.showModal(),()=>queueMicrotask(Zs)),[]),o`<dialog ref=${r} class=${a} aria-labelledby="dialog-title" closedby=${s?"none":void 0}
        onClose=${()=>s?r.current?.showModal():e()} onClick=${$=>{$.target===r.current&&!s&&e()}} onKeyDown=${$=>{s&&$.key==="Escape"&&$.preventDefault()}} onCancel=${$=>{s&&$.preventDefault()}}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${t}</h2>
                ${!s&&o`<button type="button" class="quiet square" aria-label="Close" onClick=${e}><${T}
                    name="close" /></button>`}
            </header>
            ${n}
        </div></dialog>`}function W({act:t,children:e,class:s="",...n}){let[a,r]=h(!1);return o`<button type="button" class=${s} aria-busy=${a} disabled=${a} onClick=${async()=>{r(!0);try{await t()}catch(l){ht(l.detail||l.message,"bad")}finally{r(!1)}}} ...${n}>
        ${e}</button>`}var ae=12;function Js(t,e){let s=()=>{let{left:a,bottom:r}=t.getBoundingClientRect(),i=document.documentElement.clientWidth-ae-e.offsetWidth;e.style.left=`${Math.max(ae,Math.min(a,i))-a}px`,e.style.maxHeight=`${Math.max(160,innerHeight-r-4-ae)}px`},n=new ResizeObserver(s);return n.observe(e),addEventListener("resize",s),s(),()=>{n.disconnect(),removeEventListener("resize",s)}}function nt({label:t,active:e,children:s,class:n=""}){let[a,r]=h(!1),i=b();Y(()=>a?Js(i.current,i.current.querySelector(".panel")):void 0,[a]),f(()=>{if(!a)return;let u=i.current,$=({target:p})=>{!u.contains(p)&&!p.contains?.(u)&&r(!1)};return document.addEventListener("pointerdown",$),document.addEventListener("focusin",$),()=>{document.removeEventListener("pointerdown",$),document.removeEventListener("focusin",$)}},[a]);let l=()=>{r(!1),i.current.querySelector("button").focus()};return o`<div class="menu ${n}" ref=${i} onKeyDown=${u=>{u.key!=="Escape"||!a||(u.preventDefault(),l())}}>
        <button type="button" class=${e?"chip on":"chip"} aria-expanded=${a} onClick=${()=>r(!a)}>
            ${t}<${T} name="down" /></button>
        ${a&&o`<div class="panel">${s(l)}</div>`}
    </div>`}var V=({rows:t,class:e=""})=>o`<dl class="facts ${e}">
    ${t.filter(([,s])=>s!=null&&s!==!1).map(([s,n])=>o`
        <div key=${s}><dt>${s}</dt><dd>${n}</dd></div>`)}</dl>`,y=({title:t,children:e,lead:s,class:n=""})=>o`<header class="head ${n}">
    <div class="head-title">${s}<h1 tabindex="-1">${t}</h1></div>
    ${e&&o`<div class="head-acts">${e}</div>`}</header>`;var Qs=[["/","search"],["j  k","next and previous row"],["Enter","open the row"],["Esc","back to the list; close"],["p","pause the live list, or go on"],[".","show what is new"],["g  o","go to the overview"],["g  t","to the trail"],["g  c","to the conversations"],["g  l","to the leads"],["g  r","to what was rejected"],["?","this list"]],De=({onClose:t})=>o`<${X} title="Keys" onClose=${t}>
    <dl class="keys">${Qs.map(([e,s])=>o`<div key=${e}>
        <dt>${e.split("  ").map(n=>o`<kbd>${n}</kbd>`)}</dt><dd>${s}</dd></div>`)}</dl></${X}>`;var Ht=[],tn=t=>t.closest?.("input, textarea, select, [contenteditable]");function en(t){if(t.defaultPrevented||t.ctrlKey||t.metaKey||t.altKey||document.querySelector("dialog[open]"))return;if(tn(t.target)){t.key==="Escape"&&t.target.blur();return}let e=Ht.findLast(s=>s.current[t.key]);e&&(t.preventDefault(),e.current[t.key](t))}var Ie=()=>document.addEventListener("keydown",en);function D(t){let e=b(t);e.current=t,f(()=>(Ht.push(e),()=>Ht.splice(Ht.indexOf(e),1)),[])}var sn=1e15,Wt=(t,e,s)=>w(t,{params:{...e,limit:1},signal:s});async function nn(t,e){let{events:s}=await Wt("/v1/events",{after:t-1,before:t+1},e);return s.length?x.event(t):null}async function on(t,e){let{leads:s}=await w("/v1/leads",{params:{email:t},signal:e});return s.length===1?x.lead(s[0].id):s.length?`/leads?email=${encodeURIComponent(t)}`:null}async function Pe(t,e){try{await w(t,{signal:e})}catch(s){if(s instanceof St)return s.status===410;throw s}return!0}async function an(t,e){let[{conversations:s},{leads:n},{events:a}]=await Promise.all([Wt("/v1/conversations",{conversation:t},e),Wt("/v1/leads",{lead:t},e),Wt("/v1/events",{visitor:t},e)]);return s.length?x.conversation(t):n.length?x.lead(t):a.length?`/trail?visitor=${encodeURIComponent(t)}`:await Pe(`/v1/conversations/${A(t)}`,e)?x.conversation(t):await Pe(`/v1/leads/${A(t)}`,e)?x.lead(t):null}async function rn(t,e){let s=/^#?([1-9][0-9]*)$/.exec(t);return s&&Number(s[1])<sn&&await nn(Number(s[1]),e)||t.includes("@")&&await on(t,e)||an(t,e)}function Fe(){let t=b(),e=b(),[s,n]=h({word:""});return D({"/":()=>{t.current.focus(),t.current.select()}}),f(()=>()=>e.current?.abort(),[]),o`<form class="search" role="search" onSubmit=${async l=>{l.preventDefault();let c=t.current.value.trim();if(!c)return;e.current?.abort(),e.current=new AbortController;let{signal:u}=e.current;n({busy:!0,word:"Searching …"});try{let $=await rn(c,u);if(u.aborted||(n({word:$?"":"Nothing has that id, address or number."}),!$))return;t.current.value="",t.current.blur(),H($)}catch($){u.aborted||n({word:$.detail||$.message})}}}>
        <${T} name="search" />
        <input ref=${t} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${()=>{e.current?.abort(),s.word&&n({word:""})}}
            onBlur=${()=>{s.word&&!s.busy&&n({word:""})}} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck=${!1}
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${s.word?"search-word":"search-word none"} role="status">${s.word}</p>
    </form>`}var O=jt({state:"unknown"}),ln=15e3,cn=300*1e3,dn=3,un=120*1e3,ze="hooktrail-used",ie=Date.now(),At=Date.now(),je=0;function $n(t){if(!(t-je<5e3)){je=t;try{localStorage.setItem(ze,String(t))}catch{}}}function He(){At=Date.now(),$n(At)}function pn(){try{return Math.max(At,Number(localStorage.getItem(ze))||0)}catch{return At}}function Rt(t=un){return Date.now()-ie<t&&!document.hidden}var We=()=>Rt(O.get().idle_seconds*1e3);function qt(t){O.get().state!=="out"&&O.set({state:"out",why:t})}var le=t=>O.set({state:"in",...t});async function Be(){let t=await w("/v1/session");O.get().state==="in"&&le(t)}Ae({csrf:()=>O.get().csrf??"",renew:Be,unauthorized:()=>{O.get().state==="in"&&qt("expired")},used:He});async function Bt(){let t=globalThis.hooktrailSession;delete globalThis.hooktrailSession;try{le(await w("/v1/session",{signsIn:!0,early:t}))}catch(e){e instanceof St&&e.status===401?O.set({state:"out"}):O.set({state:"unknown",error:e})}}async function Ue(t){le(await et("/v1/session",{body:{token:t},signsIn:!0}))}async function ce(t){try{await mt("/v1/session",{signsIn:!0})}catch(e){if(!t&&!(e instanceof St&&e.status===401))throw e}qt(t)}var ft=t=>/\badmin\b/.test(t?.scope??"");function hn(){ie=Date.now();let{state:t,idle_seconds:e}=O.get();t==="in"&&ie-At>Math.min(cn,e*1e3/dn)&&(He(),Be().catch(()=>{}))}function fn(){let{state:t,idle_seconds:e,expires_at:s}=O.get();if(t!=="in")return;let n=typeof s=="number"?s*1e3:Date.parse(s??"");e&&Date.now()-pn()>e*1e3?ce("idle"):n&&Date.now()>n&&qt("expired")}function Ke(){for(let t of["pointerdown","keydown","wheel","touchstart"])addEventListener(t,hn,{passive:!0,capture:!0});setInterval(fn,ln)}var de=_e("theme","auto");de.watch(t=>{t==="auto"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=t});var Ot=[["auto","auto","as the system"],["light","sun","light"],["dark","moon","dark"]];function Ut(){let t=z(de),e=z(U),s=Ot.findIndex(([l])=>l===t),[,n,a]=Ot[s]??Ot[0],r=e==="UTC"?"UTC":"Local time",i=Ot[(s+1)%Ot.length];return o`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${a}. Change to ${i[2]}`}
            title=${`Theme: ${a}`}
            onClick=${()=>de.set(i[0])}><${T} name=${n} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${r}: the zone in which times are shown. Change`}
            onClick=${()=>U.set(e==="UTC"?"local":"UTC")}>${r}</button>
    </div>`}var Kt=class{constructor(e){this.take=e,this.rest="",this.clear()}clear(){this.event={id:null,event:"message",data:null}}push(e){let s=(this.rest+e).split(`
`);if(this.rest=s.pop(),this.rest.length>4194304)throw new Error("a line of the stream is too long");for(let n of s)this.line(n.endsWith("\r")?n.slice(0,-1):n)}line(e){if(e===""){this.event.data!==null&&this.take(this.event),this.clear();return}let s=e.indexOf(":");if(s===0)return;let n=s<0?e:e.slice(0,s),a=s<0?"":e.slice(s+1).replace(/^ /,"");n==="data"?this.event.data=this.event.data===null?a:`${this.event.data}
${a}`:(n==="id"||n==="event")&&(this.event[n]=a)}};var mn=4e4,Ve=500,vn=3e3,gn=2e3,bn=3e4;function bt(t){let e=new ue(t);return e.open(),()=>e.close()}var ue=class{constructor({params:e,after:s,onEvents:n,onState:a}){this.params=e??{},this.last=s,this.onEvents=n,this.onState=a??(()=>{}),this.wait=Ve,this.waiting=[],this.closed=!1,this.onVisibility=()=>this.visibility(),this.onOnline=()=>this.again(0),document.addEventListener("visibilitychange",this.onVisibility),addEventListener("online",this.onOnline)}close(){this.closed=!0,document.removeEventListener("visibilitychange",this.onVisibility),removeEventListener("online",this.onOnline),cancelAnimationFrame(this.frame),this.stop()}stop(){this.abort?.abort(),this.abort=null,clearTimeout(this.retry),clearTimeout(this.silence)}visibility(){clearTimeout(this.hiding),document.hidden?this.hiding=setTimeout(()=>{this.asleep=!0,this.stop()},bn):this.asleep&&this.again(0)}again(e){this.closed||(this.asleep=!1,this.stop(),this.retry=setTimeout(()=>this.open(),e))}async open(){let e=new AbortController;this.abort=e,this.onState("connecting");try{await this.read(e)}catch{}this.closed||this.abort!==e||this.refused||(this.onState("lost"),this.again(this.wait),this.wait=Math.min(this.wait*2,vn))}async read(e){let s={Accept:"text/event-stream"};this.last!==void 0&&(s["Last-Event-ID"]=String(this.last)),this.heard(e);let n=await fetch(`/v1/stream${Tt(this.params)}`,{headers:s,signal:e.signal,credentials:"same-origin",cache:"no-store"});if(!n.ok)return this.refuse(n);Z.set(!0),this.onState("live");let a=new Kt(i=>this.take(i)),r=n.body.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:i,value:l}=await r.read();if(i)return;this.wait=Ve,this.heard(e),a.push(l)}}refuse(e){e.status===401&&qt("expired"),this.refused=e.status>=400&&e.status<500&&e.status!==429,this.refused&&this.onState("refused")}heard(e){clearTimeout(this.silence),this.silence=setTimeout(()=>e.abort(),mn)}take({id:e,data:s}){e!==null&&(this.last=Number(e),this.waiting.push(JSON.parse(s)),this.waiting.length===1&&(this.frame=requestAnimationFrame(()=>this.give())),this.waiting.length>=gn&&this.give())}give(){cancelAnimationFrame(this.frame);let e=this.waiting;this.waiting=[],this.closed||this.onEvents(e)}};var Vt=t=>typeof t=="string"&&t.trim()!==""?t.trim():null;function ot(t){let e=[Vt(t?.first_name),Vt(t?.last_name)].filter(Boolean);return e.length?e.join(" "):Vt(t?.name)??Vt(t?.display_name)}var wn=new Set(["id","agent_id","agent_name","first_at","last_at","events","profile_cut"]),Ge=["email","phone","company","job_title"],$e=t=>t==null||t===""||typeof t=="object"&&Object.keys(t).length===0;function Ye(t){let e=Object.keys(t).filter(s=>!wn.has(s)&&!Ge.includes(s));return[...Ge,...e].filter(s=>s in t&&!$e(t[s])).map(s=>[s,t[s]])}var wt=t=>typeof t=="string"?t:JSON.stringify(t);function yt(t){let e=t.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)}var yn=300*1e3,Xe=40,Ze={user:["visitor","Visitor"],visitor:["visitor","Visitor"],customer:["visitor","Visitor"],lead:["visitor","Visitor"],assistant:["assistant","Assistant"],ai:["assistant","Assistant"],bot:["assistant","Assistant"],agent:["human","Agent"],human:["human","Agent"],operator:["human","Agent"],staff:["human","Agent"],system:["system","System"],tool:["system","Tool"]};function kn(t){if(typeof t!="string"||t==="")return{side:"other",name:"Unknown"};let e=t.toLowerCase(),[s,n]=Object.hasOwn(Ze,e)?Ze[e]:["other",t];return{side:s,name:n}}function Je(t,e){let s=e.findLast(({fields:n})=>ot(n));return{assistant:t?.agent_name,visitor:s&&ot(s.fields)}}function pe(t,e){let{side:s,name:n}=kn(t);return{side:s,name:e[s]||n}}function xn(t,e){return t?.kind==="message"&&e.kind==="message"&&t.role===e.role&&Date.parse(e.at)-Date.parse(t.at)<yn}var En=(t,e)=>t.length===e.length&&t.every((s,n)=>s===e[n]);function Qe(t,e=[]){let s=[],n=0;for(let a=0;a<t.length;a+=Xe){let r=t.slice(a,a+Xe),i=e[s.length],l=n;for(let u of r)u.at&&(n=Lt(u.at));let c=i?.zone===U.get()&&i.dayBefore===l&&En(i.items,r);s.push(c?i:{items:r,zone:U.get(),dayBefore:l,rows:ts(r,t[a-1],l)})}return s}function ts(t,e,s){return t.map(n=>{let a=n.at?Lt(n.at):s,r={item:n,day:a!==s&&n.at,goesOn:a===s&&xn(e,n)};return s=a,e=n,r})}var Sn=(t,e)=>JSON.stringify(t)===JSON.stringify(e);function es(t,e){return e.map((s,n)=>t[n]&&(t[n]===s||Sn(t[n],s))?t[n]:s)}var Tn=t=>["edited","removed","derived"].filter(e=>t[e]).map(e=>` (${e})`).join("");function Cn({type:t,fields:e,reason:s}){let n=[ot(e),e?.email,s].filter(a=>typeof a=="string"&&a!=="");return B(t)+(n.length?`: ${n.join(", ")}`:"")}function ss(t,e){return`${ts(t).flatMap(({item:n,day:a})=>{let r=n.kind==="message"?`${pe(n.role,e).name}: ${n.content??""}`:`-- ${Cn(n)} --`,i=(n.at?`${dt(n.at)}  `:"")+r+Tn(n);return a?["",`---- ${vt(a)} ----`,"",i]:[i]}).join(`
`).trim()}
`}var Mn=100,fe=1e3,Ln=250,_n=2e3,An=3e3;async function ns(t,e,s,n){let a=[],r;for(;;){let i=await w(`/v1/conversations/${A(t)}`,{params:{limit:r?fe:s,cursor:r},signal:e});a=a.concat(i.items);let l={conversation:i.conversation,items:a,whole:i.next===null};if(n?.(l),l.whole)return l;r=i.next}}function os(t){let[e,s]=h({items:[]}),[n,a]=h(0),r=b(),i=(c,u,$)=>{u.aborted||s(p=>({...c,items:es(p.items,c.items),news:(p.news??0)+$}))};return f(()=>{r.current=new AbortController;let{signal:c}=r.current;return ns(t,c,Mn,u=>i(u,c,0)).catch(u=>{c.aborted||s($=>({...$,error:u}))}),()=>r.current.abort()},[t,n]),f(()=>Z.watch(c=>{c&&e.error?.status===0&&a(u=>u+1)}),[e.error]),{...e,refresh:async()=>{let{signal:c}=r.current;try{i(await ns(t,c,fe),c,1)}catch(u){if(u.status!==404&&u.status!==410)throw u;s({items:[],error:u})}},reload:()=>{s({items:[]}),a(n+1)}}}var Rn=({seq:t,edited:e,removed:s})=>Math.max(t,e?.seq??0,s?.seq??0),qn=t=>t.reduce((e,s)=>Math.max(e,Rn(s)),0),he=class{constructor(e,s,n){Object.assign(this,{ask:e,settle:s,onBehind:n,timer:null,wanted:!1,closed:!1})}want(){this.wanted=!0,this.timer??=setTimeout(()=>this.run(),this.settle())}async run(){let e=An;if(We()){this.wanted=!1;let s=await this.ask().then(()=>!0,()=>!1);this.wanted||=!s,s&&(e=this.settle()),this.closed||this.onBehind(!s)}this.timer=this.wanted&&!this.closed?setTimeout(()=>this.run(),e):null}close(){this.closed=!0,clearTimeout(this.timer)}};function as(t,{whole:e,items:s,refresh:n}){let[a,r]=h("connecting"),[i,l]=h(!1),c=b(0);return c.current=s.length,f(()=>{if(!e)return;let u=new he(n,()=>c.current>fe?_n:Ln,l),$=bt({params:{conversation:t},after:qn(s),onEvents:()=>u.want(),onState:r});return()=>{u.close(),$()}},[t,e]),a==="live"&&i?"lost":a}var On="1500px 0px";var Nn={timeout:120},Dn=globalThis.requestIdleCallback??(t=>setTimeout(t,16)),Gt=class{constructor(){this.waiting=new Map,this.observer=new IntersectionObserver(e=>{for(let{target:s,isIntersecting:n}of e)n&&this.draw(s)},{rootMargin:On}),this.onPrint=()=>{this.all()},addEventListener("beforeprint",this.onPrint)}add(e,s){return this.waiting.set(e,s),this.observer.observe(e),this.plan(),()=>this.forget(e)}forget(e){this.waiting.delete(e),this.observer.unobserve(e)}draw(e){let s=this.waiting.get(e);this.forget(e),s?.()}plan(){this.planned||this.closed||(this.planned=!0,Dn(()=>{if(this.planned=!1,!(this.closed||this.waiting.size===0)){for(let e of[...this.waiting.keys()].slice(0,4))this.draw(e);this.plan()}},Nn))}all(){for(let e of[...this.waiting.keys()])this.draw(e);return new Promise(e=>{setTimeout(e)})}close(){this.closed=!0,this.observer.disconnect(),this.waiting.clear(),removeEventListener("beforeprint",this.onPrint)}};function In({edited:t}){let[e,s]=h(!1);return o`<button type="button" class="quiet small mark" aria-expanded=${e}
        onClick=${()=>s(!e)}>edited</button>
        ${e&&o`<ol class="versions" aria-label="Earlier versions">
            ${t.previous.map((n,a)=>o`<li key=${a}><${gt} text=${n.content??""} /><${N}
                seq=${n.seq} /></li>`)}
            ${t.previous_cut&&o`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${N} seq=${t.seq} /></li></ol>`}`}function Pn({item:t,goesOn:e,names:s}){let{side:n,name:a}=pe(t.role,s);return o`<article class="message ${n} ${e?"goes-on":""} ${t.removed?"removed":""}"
        id=${`event-${t.seq}`}>
        ${e?o`<h3 class="offscreen"><${d} text=${a} /></h3>`:o`<h3 class="speaker"><${d}
            text=${a} /></h3>`}
        <div class="bubble">${t.content===null||t.content===void 0?o`<p class="faint">${t.unreadable?"The payload could not be read.":"No text"}</p>`:o`<${gt}
                text=${t.content} />`}</div>
        <p class="meta">${K(t.at,dt)}<${N} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${N}>
            ${t.edited&&o`<${In} edited=${t.edited} />`}
            ${t.removed&&o`<${m} title="A later snapshot of the conversation lacks it">removed in <${N}
                seq=${t.removed.seq} /></${m}>`}
            ${t.derived&&o`<${m}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}</p>
    </article>`}var rs=({fields:t})=>o`<${V} class="captured"
    rows=${Object.entries(t).filter(([,e])=>!$e(e)).map(([e,s])=>[o`<${d} text=${yt(e)} />`,e==="id"&&typeof s=="string"?o`<${Q} id=${s} />`:o`<${d} text=${wt(s)} />`])} />`;function Fn({item:t}){return o`<article class="happened ${t.reason||t.fields||t.visitor?"tells":""}"
        id=${`event-${t.seq}`}>
        <h3><${J} type=${t.type} /></h3>
        <p class="meta">${K(t.at,dt)}<${N} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${N}>
            ${t.derived&&o`<${m}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}
            ${t.erased_at&&o`<${m}>erased</${m}>`}
            ${t.unreadable&&o`<${m} kind="bad">unreadable</${m}>`}
            ${t.warnings?.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
                ${L(t.warnings.length,"warning")}</${m}>`}</p>
        ${t.reason&&o`<${gt} class="reason" text=${t.reason} />`}
        ${t.fields&&o`<${rs} fields=${t.fields} />`}
        ${t.visitor&&o`<${rs} fields=${t.visitor} />`}
    </article>`}var Yt=class extends Ft{constructor(e){super(e),this.state={drawn:e.first}}componentDidMount(){this.state.drawn||(this.cancel=this.props.drawer.add(this.element,()=>this.setState({drawn:!0})))}componentWillUnmount(){this.cancel?.()}shouldComponentUpdate(e,s){return s.drawn!==this.state.drawn||["chunk","zone","names"].some(n=>e[n]!==this.props[n])}render({chunk:e,names:s},{drawn:n}){return n?o`<div class="chunk">${e.rows.map(({item:a,day:r,goesOn:i},l)=>o`
            ${r&&o`<h2 class="day" key=${`day ${l}`}><span>${K(r,vt)}</span></h2>`}
            ${a.kind==="message"?o`<${Pn} key=${l} item=${a} goesOn=${i} names=${s} />`:o`<${Fn} key=${l} item=${a} />`}`)}</div>`:o`<div class="chunk undrawn" ref=${a=>{this.element=a??this.element}} />`}};var is=3,jn=3;function zn({conversation:t}){return o`<${V} class="about" rows=${[["Conversation",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R}
            text=${t.id} what="the conversation’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d}
            text=${t.agent_name||t.agent_id} />`],[t.lead_ids.length>1?"Leads":"Lead",t.lead_ids.length>0&&o`<span class="ids">
            ${t.lead_ids.map(e=>o`<${Q} key=${e} id=${e} />`)}</span>`],["Began",t.first_at&&o`<${k} at=${t.first_at} />`],["Last",t.last_at&&o`<${k} at=${t.last_at} />`],["Holds",o`${L(t.messages,"message")}, <a
            href=${`/trail?${new URLSearchParams({conversation:t.id})}`}>
            ${L(t.events,"event")}</a>`]]} />`}function Hn(t,e){let s=b(!1),[n,a]=h(!1),r=()=>{if(!t.current)return;let{scrollTop:c,clientHeight:u,scrollHeight:$}=t.current;s.current=$-c-u<80,s.current&&a(!1)},i=(c=is)=>{t.current&&(t.current.scrollTop=t.current.scrollHeight,c>0?requestAnimationFrame(()=>i(c-1)):r())},l=(c=is)=>requestAnimationFrame(()=>c>0?l(c-1):r());return f(()=>{l()},[e.whole]),Y(()=>{e.news&&(s.current?i():a(!0))},[e.news]),{fresh:n,look:r,toEnd:i}}function Wn(t,{whole:e},s){f(()=>{!e||!/^#event-\d+$/.test(t)||s.all().then(()=>{let n=document.getElementById(t.slice(1));n?.scrollIntoView({block:"center"}),n?.classList.add("target")})},[t,e])}var ls={live:"Live",lost:"Reconnecting …"};function cs({where:t}){let{id:e}=t,s=b(),n=b([]),a=P(()=>new Gt,[e]);f(()=>()=>a.close(),[a]);let r=os(e),i=as(e,r),l=z(U),{fresh:c,look:u,toEnd:$}=Hn(s,r);Wn(t.hash,r,a),f(()=>{C("Conversation",e)},[e]),D({Escape:()=>rt("/conversations")});let{conversation:p,items:v,error:S,whole:I}=r;n.current=Qe(v,n.current);let{assistant:G,visitor:at}=Je(p,v),ct=P(()=>({assistant:G,visitor:at}),[G,at]),Et=S?.status===404||S?.status===410;return o`<div class="view scroll conversation" ref=${s} onScroll=${u} tabindex="0" role="region"
        aria-label="Conversation">
        <${y} title="Conversation" lead=${o`<a class="up" href="/conversations">Conversations</a>`}>
            ${p&&o`
                ${I&&ls[i]&&o`<span class="live is-${i}"><span class="pulse" aria-hidden="true"></span>
                    ${ls[i]}</span>`}
                <${R} text=${()=>location.origin+x.conversation(e)} label="Copy link" class="" />
                <${R} text=${()=>ss(v,ct)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!I} onClick=${()=>a.all().then(()=>print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${()=>$()}><${T}
                    name="down" /></button>`}
        </${y}>
        ${Et&&o`<${g}
            title=${S.status===410?"This conversation was erased":"There is no such conversation"}>
            <p>${S.detail}</p><p class="id"><${d} text=${e} /></p></${g}>`}
        ${S&&!Et&&o`<${j} error=${S} retry=${r.reload} />`}
        ${!p&&!S&&o`<${pt} lines=${12} />`}
        ${p&&o`<${zn} conversation=${p} />
            <div class="timeline" data-testid="timeline">${n.current.map((ne,M)=>o`<${Yt} key=${M}
                chunk=${ne} names=${ct} zone=${l} drawer=${a} first=${M<jn} />`)}</div>
            ${!I&&!S&&o`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${r.news?"New in this conversation":""}</p>
            ${c&&o`<div class="to-end"><button type="button" class="pill" onClick=${()=>$()}>New below<${T}
                name="down" /></button></div>`}`}
    </div>`}var ge=["type","agent","conversation","lead","visitor","since","until","after","before","order"];function Nt(t,e){let s=new URLSearchParams(t);return Object.fromEntries(e.filter(n=>s.get(n)).map(n=>[n,s.get(n)]))}var me=[["","Any time"],["1h","Last hour"],["24h","Last 24 hours"],["7d","Last 7 days"],["30d","Last 30 days"]],Bn=(t,e)=>H(t.pathname+Tt(e)),Un=async t=>{let e={...t,params:{limit:200}},[s,n]=await Promise.all([w("/v1/stats",t),w("/v1/agents",e)]);return{types:s.types.map(({type:a})=>a).filter(Boolean),agents:n.agents}};function Kn({value:t,types:e,set:s}){let n=new Set((t??"").split(",").filter(Boolean)),a=l=>{n.delete(l)||n.add(l),s([...n].join(","))},r=n.size===0?"Type":n.size===1?o`<${d}
        text=${B([...n][0])} />`:`${n.size} types`,i=[...new Set([...e,...n])].sort();return o`<${nt} label=${r} active=${n.size>0}>${()=>o`<fieldset><legend
        class="offscreen">Types</legend>
        ${i.map(l=>o`<label class="option ${zt(l)}" key=${l}>
            <input type="checkbox" checked=${n.has(l)} onChange=${()=>a(l)} />
            <span class="dot" aria-hidden="true"></span><${d} text=${B(l)} /></label>`)}
        ${i.length===0&&o`<p class="faint">No events yet</p>`}</fieldset>`}</${nt}>`}function Vn({value:t,agents:e,set:s}){let n=e.find(({id:i})=>i===t),a=t?o`<${d} text=${n?.name||t} />`:"Agent",r=(i,l,c)=>o`<label class="option" key=${i}>
        <input type="radio" name="agent" checked=${(t??"")===i} onChange=${()=>s(i)} onClick=${c} /><${d}
            text=${l} /></label>`;return o`<${nt} label=${a} active=${!!t}>${()=>o`<fieldset><legend class="offscreen">Agent</legend>
        ${r("","Any agent")}${e.map(({id:i,name:l})=>r(i,l||i))}</fieldset>`}</${nt}>`}var ds=t=>/^\d{4}-\d{2}-\d{2}$/.test(t??"");function Gn({since:t,until:e}){let s=n=>me.find(([a])=>a===n)?.[1]??(ds(n)||/^\d+\w$/.test(n)?n:F(n));return t&&e?`${s(t)} to ${s(e)}`:t?me.some(([n])=>n===t)?s(t):`Since ${s(t)}`:e?`Until ${s(e)}`:"Time"}function Yn({filters:t,set:e}){let{since:s,until:n}=t,a=(r,i)=>o`<label class="field">${i}
        <input type="date" value=${ds(t[r])?t[r]:""}
            onChange=${l=>e({[r]:l.target.value})} /></label>`;return o`<${nt} label=${o`<${d} text=${Gn(t)} />`} active=${!!(s||n)}>
        ${()=>o`
        <fieldset><legend class="offscreen">Time received</legend>
        ${me.map(([r,i])=>o`<label class="option" key=${r}><input type="radio" name="period"
            checked=${(s??"")===r&&!n} onChange=${()=>e({since:r,until:""})} />${i}</label>`)}
        <div class="fields">${a("since","From")}${a("until","Before")}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${nt}>`}var be=[["conversation","Conversation"],["lead","Lead"],["visitor","Visitor"],["after","After event"],["before","Before event"]];function Xn({filters:t,set:e,names:s}){let n=b(),a=be.filter(([i])=>s.includes(i)),r=i=>l=>{l.preventDefault();let c=Object.fromEntries(new FormData(n.current));i(),e(c)};return o`<${nt} label="More" class="last">${i=>o`<form key=${Tt(t)} ref=${n}
        onSubmit=${r(i)}>
        ${a.map(([l,c])=>o`<label class="field" key=${l}>${c}
            <input name=${l} defaultValue=${t[l]??""} maxlength="256" autocomplete="off" spellcheck=${!1}
                ...${l==="after"||l==="before"?{inputmode:"numeric",pattern:"[0-9]*"}:{}} /></label>`)}
        ${s.includes("order")&&o`<label class="field">Order
            <select name="order" defaultValue=${t.order??""}>
                <option value="" selected=${t.order!=="asc"}>Newest first</option>
                <option value="asc" selected=${t.order==="asc"}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${nt}>`}var ve=t=>e=>{e.currentTarget.closest(".filters").querySelector("button").focus(),t()};function Zn({filters:t,set:e}){let s=[...be,["email","Email"]].filter(([n])=>t[n]);return o`${s.map(([n,a])=>o`<span class="chip on" key=${n}>
        <span class="chip-text">${a} <${d} text=${t[n]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${a}`} onClick=${ve(()=>e({[n]:""}))}>
            <${T} name="close" /></button>
    </span>`)}
    ${t.order==="asc"&&o`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${ve(()=>e({order:""}))}><${T}
            name="close" /></button></span>`}`}function it({where:t,names:e,children:s}){let n=Nt(t.search,[...e,"email"]),[a,r]=h(!1),{data:i}=q(async p=>a?Un(p):null,a),l=p=>Bn(t,{...n,...p}),{types:c=[],agents:u=[]}=i??{},$=Object.keys(n).length>0;return o`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${()=>r(!0)}
        onFocusIn=${()=>r(!0)}>
        ${e.includes("type")&&o`<${Kn} value=${n.type} types=${c} set=${p=>l({type:p})} />`}
        ${e.includes("agent")&&o`<${Vn} value=${n.agent} agents=${u}
            set=${p=>l({agent:p})} />`}
        ${e.includes("since")&&o`<${Yn} filters=${n} set=${l} />`}
        ${be.some(([p])=>e.includes(p))&&o`<${Xn} filters=${n} set=${l} names=${e} />`}
        <${Zn} filters=${n} set=${l} />
        ${$&&o`<button type="button" class="quiet" onClick=${ve(()=>H(t.pathname))}>Clear</button>`}
        ${s}
    </div>`}var us=12,Xt=8,Jn=60,Zt=matchMedia("(max-width: 760px)"),we=class extends Ft{shouldComponentUpdate(e){let{item:s,index:n,top:a,zone:r}=this.props;return e.item!==s||e.index!==n||e.top!==a||e.zone!==r}render({item:e,index:s,draw:n,top:a}){let r={top:`${a}px`};return e?o`<div class="row" role="row" style=${r} aria-rowindex=${s+2} data-index=${s}>
            ${n(e)}</div>`:o`<div class="row blank" role="row" style=${r} aria-rowindex=${s+2}><span role="cell"
            class="bone"></span></div>`}};function Qn(){let[t,e]=h(Zt.matches);return f(()=>{let s=()=>e(Zt.matches);return Zt.addEventListener("change",s),()=>Zt.removeEventListener("change",s)},[]),t}var to=(t,e)=>t?.seq??`at ${e}`,$s=(t,e,s,n)=>{let a=Math.floor((t/s-us)/Xt)*Xt,r=Math.ceil(((t+e)/s+us)/Xt)*Xt;return[Math.max(0,Math.min(a,n)),Math.min(Math.max(r,0),n)]};function eo(t,e,s){let n=b(-1),a=()=>{let l=document.activeElement?.closest?.("[data-index]");return l&&t.current.contains(l)?Number(l.dataset.index):-1},r=()=>{let l=t.current?.querySelector(`[data-index="${n.current}"] a`);l&&(n.current=-1,l.focus({preventScroll:!0}))},i=l=>{let c=t.current,u=a(),$=u<0?Math.ceil(c.scrollTop/e):Math.max(0,Math.min(s-1,u+l));n.current=$;let p=$*e,v=c.clientHeight-c.firstElementChild.offsetHeight;p<c.scrollTop?c.scrollTop=p:p+e>c.scrollTop+v&&(c.scrollTop=p+e-v),r()};D({j:()=>i(1),k:()=>i(-1)}),Y(()=>{n.current>=0&&r()})}function so(t){if(t.target.closest("a, button")||String(getSelection()))return;t.target.closest(".row")?.querySelector(".row-link")?.dispatchEvent(new MouseEvent("click",t))}function lt({pages:t,label:e,columns:s,draw:n,place:a,empty:r,rows:[i,l]=[40,62],onTop:c,class:u=""}){let $=b(),p=z(U),v=Qn()?l:i,[S,I]=h({top:a?.top??0,height:900}),[G,at]=$s(S.top,S.height,v,t.count);eo($,v,t.count);let ct=()=>{let{scrollTop:M,clientHeight:Se}=$.current;a&&(a.top=M),c?.(M<v/2);let Te=$s(M,Se,v,t.count);(Te[0]!==G||Te[1]!==at)&&I({top:M,height:Se})};Y(()=>{$.current.scrollTop=a?.top??0;let M=new ResizeObserver(ct);return M.observe($.current),()=>M.disconnect()},[t]),Y(()=>{t.shift&&($.current.scrollTop-=t.shift*v,t.shift=0,ct())}),f(()=>t.want(G,at+Jn));let Et=[];for(let M=G;M<at;M++)Et.push(o`<${we} key=${to(t.row(M),M)} item=${t.row(M)} index=${M} top=${M*v} draw=${n}
            zone=${p} />`);let ne=t.atEnd&&t.count===0;return o`<div class="list ${u}" role="table" aria-label=${e} aria-rowcount=${t.atEnd?t.count+1:-1}
            ref=${$} onScroll=${ct} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${s.map(M=>o`<span role="columnheader" class="cell-${M.key}">
                ${M.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{height:`${t.count*v}px`}} onClick=${so}>
            ${Et}</div>
        <${no} pages=${t} none=${ne} empty=${r} />
    </div>`}function no({pages:t,none:e,empty:s}){return t.error?o`<div class="list-foot fault" role="rowgroup"><div role="row"><div role="cell">
            <${j} error=${t.error} retry=${()=>t.retry()} /></div></div></div>`:e?o`<div class="list-foot">${s??o`<${g} title="Nothing here" />`}</div>`:t.atEnd?o`<div class="list-foot end" />`:o`<div class="list-foot">${t.count===0?o`<${pt} lines=${10} />`:o`<span
        class="faint">Loading …</span>`}</div>`}function Jt(t,e){let[,s]=h(0),n=b({});n.current.key!==e&&(n.current.pages?.close(),n.current={key:e,pages:t()},n.current.pages.reopen());let{pages:a}=n.current;return a.onChange=()=>s(r=>r+1),f(()=>Z.watch(r=>{r&&n.current.pages.error&&n.current.pages.retry()}),[]),f(()=>()=>n.current.pages.close(),[]),a}var kt=class{constructor(e,s){this.fetchPage=e,this.onChange=s??(()=>{}),this.pages=[],this.next=void 0,this.count=0,this.dropped=0,this.error=null,this.abort=new AbortController,this.loading=!1}get atEnd(){return this.next===null}close(){this.abort.abort()}reopen(){this.abort.signal.aborted&&(this.abort=new AbortController),this.loading=!1;for(let e of this.pages)e.loading=!1}find(e){let s=0,n=this.pages.length-1;for(;s<n;){let a=s+n+1>>1;this.pages[a].start<=e?s=a:n=a-1}return s}row(e){let s=this.pages[this.find(e)];return s?.rows?.[e-s.start]}want(e,s){if(this.count>0){let n=this.find(Math.max(0,e)),a=this.find(Math.min(this.count-1,s));for(let r=n;r<=a;r++)this.refill(this.pages[r]);this.trim(n+a>>1)}s>=this.count&&!this.atEnd&&!this.error&&this.more()}trim(e){this.pages.forEach((n,a)=>{Math.abs(a-e)<=12||!n.rows||(n.top=n.rows[0],n.rows=null)})}async more(){if(this.loading)return;this.loading=!0,this.error=null;let{signal:e}=this.abort;try{let s=this.next,{rows:n,next:a}=await this.fetchPage({cursor:s,signal:e});if(e.aborted)return;n.length&&this.pages.push({start:this.count,count:n.length,cursor:s,rows:n}),this.count+=n.length,this.next=a,this.shed()}catch(s){if(e.aborted)return;this.error=s}this.loading=!1,this.onChange()}async refill(e){if(e.rows||e.loading||this.error)return;e.loading=!0;let{signal:s}=this.abort;try{let{rows:n}=await this.fetchPage({cursor:e.cursor,page:e,signal:s});if(s.aborted)return;e.rows=n,n.length!==e.count&&(e.count=n.length,this.renumber())}catch(n){if(s.aborted)return;this.error=n}e.loading=!1,this.onChange()}retry(){this.error=null,this.onChange(),this.count||this.more()}prepend(e,s){let n=this.pages[0];n?.live&&n.rows&&n.count+e.length<=s?(n.rows=[...e,...n.rows],n.count=n.rows.length):this.pages.unshift({start:0,count:e.length,rows:e,live:!0}),this.renumber(),this.shedTail(),this.onChange()}shedTail(){for(;this.count>15e4;){let e=this.pages.pop();this.next={from:e.rows?.[0]??e.top},this.count-=e.count}}shed(){if(this.count<=15e4)return;let s=this.pages.splice(0,this.pages.length>>1).reduce((n,a)=>n+a.count,0);this.dropped+=s,this.shift=(this.shift??0)+s,this.renumber()}renumber(){let e=0;for(let s of this.pages)s.start=e,e+=s.count;this.count=e}};var ps=["type","agent","lead","visitor","since","until"],oo=[["at","Last activity"],["conversation","Conversation"],["agent","Agent"],["lead","Lead"],["count","Events"]].map(([t,e])=>({key:t,name:e})),ao=100;function Dt(t,e,s,n){let a=Nt(t.search,n),[r,i]=h(0),l=`${t.key} ${t.pathname}${t.search}`,c=()=>new kt(async({cursor:v,signal:S})=>{let I=await w(e,{params:{...a,cursor:v,limit:a.email?void 0:ao},signal:S});return{rows:I[s],next:I.next}}),$=Jt(()=>{let v=Mt(l)??{place:{top:0},pages:c()};return Ct(l,v),v.pages},`${l} ${r}`),p=async()=>{let v=c();if(await v.more(),v.error)throw v.error;Ct(l,{place:{top:0},pages:v}),i(S=>S+1)};return{pages:$,filters:a,place:Mt(l).place,refresh:p}}var ro=t=>o`
    <span role="cell" class="cell-at">${K(t.last_at,F)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${x.conversation(t.id)}><${d}
        text=${t.id} /></a></span>
    <span role="cell" class="cell-agent">${(t.agent_name||t.agent_id)&&o`<${d}
        text=${t.agent_name||t.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_ids.slice(0,2).map(e=>o`<${Q} key=${e}
        id=${e} />`)}
        ${t.lead_ids.length>2&&o`<span class="faint">+${t.lead_ids.length-2}</span>`}</span>
    <span role="cell" class="cell-count">${E(t.events)}<span
        class="unit"> ${t.events===1?"event":"events"}</span></span>`;function hs({where:t}){let{pages:e,place:s}=Dt(t,"/v1/conversations","conversations",ps);return f(()=>{C("Conversations")},[]),o`<div class="view fill"><${y} title="Conversations" />
        <${it} where=${t} names=${ps} />
        <div class="list-frame"><${lt} pages=${e} label="Conversations" columns=${oo} draw=${ro} place=${s}
            class="conversations"
            empty=${o`<${g} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${g}>`} /></div></div>`}var io=4,lo=50,ye=100,fs=3e3;function co({node:t}){let[e,s]=h(!1),{raw:n,kind:a}=t;return n.length<=fs||e?o`<${d} class="json-${a}" text=${n} />`:o`<${d} class="json-${a}" text=${n.slice(0,fs)} />… <button type="button" class="quiet small"
        onClick=${()=>s(!0)}>
        show all ${L(n.length,"character")}</button>`}var ms=({text:t})=>t!==null&&o`<${d} class="json-key" text=${t} /><span class="json-mark">: </span>`;function uo({node:t,label:e,depth:s}){let{items:n,kind:a}=t,[r,i]=h(s<io&&(s===0||n.length<=lo)),[l,c]=h(ye),[u,$]=a==="object"?"{}":"[]",p=a==="object"?L(n.length,"member"):L(n.length,"item"),v=n.length-l;return o`<button type="button" class="fold" aria-expanded=${r} onClick=${()=>i(!r)}>
            <span class="fold-mark" aria-hidden="true"></span><${ms} text=${e} /><span class="json-mark">${u}</span>
                ${!r&&o`<span class="faint"> ${p} </span><span class="json-mark">${$}</span>`}</button>
        ${r&&o`<ul>${n.slice(0,l).map((S,I)=>o`<li key=${I}><${vs} label=${S.key}
            node=${S.node} depth=${s+1} /></li>`)}
            ${v>0&&o`<li><button type="button" class="quiet small" onClick=${()=>c(l+10*ye)}>
                show ${Math.min(v,10*ye)} of ${L(v,"more","more")}</button></li>`}</ul>
            <span class="json-mark json-end">${$}</span>`}`}function vs({label:t,node:e,depth:s}){return e.items?.length?o`<${uo} node=${e} label=${t} depth=${s} />`:o`<span class="leaf"><${ms} text=${t} />${e.items?e.kind==="object"?"{}":"[]":o`
        <${co} node=${e} />`}</span>`}var gs=({node:t})=>o`<div class="json"><${vs} node=${t} label=${null} depth=${0} /></div>`;var $o=(t,e)=>t&&o`<span class="with-copy"><${d} text=${t} /><${R} text=${t}
    what=${e} class="quiet small" /></span>`,bs=(t,e)=>o`<a href=${`/trail?${new URLSearchParams({[t]:e})}`}><${d} text=${e} /></a>`;function po({event:t}){let{agent_id:e,agent_name:s,conversation_id:n,lead_id:a,visitor_id:r}=t;return o`<${V} rows=${[["Received",o`<${k} at=${t.received_at} />`],["Occurred",t.occurred_at&&o`<${k} at=${t.occurred_at} />`],["Agent",e&&o`${s&&o`<${d} text=${s} /> `}<span class="id">
            ${bs("agent",e)}</span>`],["Conversation",n&&o`<span class="with-copy"><a class="id"
            href=${`${x.conversation(n)}#event-${t.seq}`}>
            <${d} text=${n} /></a>${t.derived&&o` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${R} text=${n} what="the conversation’s id" class="quiet small" /></span>`],["Lead",a&&o`<span class="with-copy"><${Q} id=${a} /><${R} text=${a} what="the lead’s id"
            class="quiet small" /></span>`],["Visitor",r&&o`<span class="id">${bs("visitor",r)}</span>`],["Endpoint",t.endpoint&&o`<${d} text=${t.endpoint} />`],["Erased",t.erased_at&&o`<${k} at=${t.erased_at} />`],["Size",`${st(t.size)}${t.size>=1024?` (${E(t.size)} bytes)`:""}`],["SHA-256",t.sha256&&o`<span class="mono">${$o(t.sha256,"the digest")}</span>`],["Warnings",t.warnings.length>0&&o`<ul class="plain-list">${t.warnings.map(i=>o`<li
            class="warn-text"><${d} text=${i} /></li>`)}</ul>`]]} />`}function ho({event:t}){let{received:e}=t;return o`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
        ${E(t.deliveries)}</span></h2>
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="deliveries"><table class="grid"><thead><tr>
            <th scope="col">Received</th><th scope="col">Sender</th><th scope="col">Content type</th><th
                scope="col">Headers</th><th scope="col">Signature</th></tr></thead>
        <tbody>${e.map((s,n)=>o`<tr key=${n}>
            <td class="nowrap"><${k} at=${s.at} /></td>
            <td class="mono">${s.sender&&o`<${d} text=${s.sender} />`}</td>
            <td class="mono">${s.content_type&&o`<${d} text=${s.content_type} />`}</td>
            <td>${Object.entries(s.headers).map(([a,r])=>o`<div class="mono"><span class="faint"><${d}
                text=${a} />:</span> <${d} text=${r} /></div>`)}</td>
            <td>${s.signature_verified?"verified":o`<span
                class="faint">none</span>`}</td></tr>`)}</tbody></table></div>
        ${t.received_more&&o`<p class="faint">There were more deliveries than are listed.</p>`}</section>`}function fo(t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{return null}}function mo(t){try{return t===null?null:Me(t)}catch{return null}}var ws=2e5;function vo({text:t}){let[e,s]=h(!1),n=!e&&t.length>ws;return o`<pre class="raw" tabindex="0" dir="ltr"><${d} lines text=${n?t.slice(0,ws):t} /></pre>
        ${n&&o`<button type="button"
            onClick=${()=>s(!0)}>Show all ${L(t.length,"character")}</button>`}`}function go({seq:t}){let e=`/v1/events/${A(t)}/payload`,s=q(c=>w(e,{...c,as:"bytes"}),e),[n,a]=h(!1),r=P(()=>s.data&&fo(s.data),[s.data]),i=P(()=>mo(r||null),[r]),l=i&&!n?()=>Le(i):r;return o`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${i&&o`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!n} onClick=${()=>a(!1)}>Pretty</button>
                <button type="button" aria-pressed=${n} onClick=${()=>a(!0)}>Raw</button></div>`}
            ${r&&o`<${R} text=${l} what="the payload" class="" />`}
            <a class="button" href=${e} download=${`event-${t}.json`}>Download</a>
        </div></div>
        <div class="paper">${s.error?.status===410?o`<p class="faint">${s.error.detail}</p>`:o`<${_}
            of=${s} lines=${10}>${()=>r===null?o`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`:i&&!n?o`<${gs} node=${i} />`:o`<${vo} text=${r} />`}</${_}>`}</div></section>`}function ys({seq:t,words:e="that it is in the trail, unchanged"}){let s=`/v1/events/${A(t)}/proof`,[n,a]=h(!1);return o`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">${e}</span></h2>
        ${!n&&o`<div class="acts"><button type="button" onClick=${()=>a(!0)}>Show</button></div>`}</div>
        ${n&&o`<${bo} path=${s} seq=${t} />`}</section>`}function bo({path:t,seq:e}){let s=q(n=>w(t,{...n,as:"text"}),t);return s.error?.status===404?o`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${s.reload}>Look again</button></p>`:o`<${_} of=${s} lines=${5}>${n=>o`<div class="paper">
        <pre class="raw" tabindex="0">${n}</pre>
        <p class="acts"><${R} text=${n} what="the proof" class="" /><a class="button" href=${t}
            download=${`${e}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${_}>`}var wo=({seq:t,error:e})=>o`<${g} title=${o`Event <span class="number"><${d} text=${t} /></span> was erased`}>
    <p><${d} text=${e.detail} /></p></${g}>
    <${ys} key=${t} seq=${t} words="that it was taken into the trail" />`,yo=t=>/^[1-9][0-9]{0,15}$/.test(t);function ks({where:t}){let e=t.id,s=q(a=>w(`/v1/events/${A(e)}`,a),e);f(()=>{C("Event",e)},[e]),D({Escape:()=>rt("/trail")});let n=(a,r,i)=>yo(e)&&Number(e)+a>0&&o`<a class="button square"
        href=${x.event(Number(e)+a)}
        aria-label=${r} title=${r}><span class=${i}><${T} name="right" /></span></a>`;return o`<div class="view scroll"><${y} title=${o`Event <span class="number"><${d} text=${e} /></span>`}
            lead=${o`<a class="up" href="/trail">Trail</a>`}>
            ${n(-1,"The event before","flip")}${n(1,"The event after","")}</${y}>
        ${s.error?.status===404?o`<${g} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${g}>`:s.error?.status===410?o`<${wo} seq=${e}
            error=${s.error} />`:o`
        <${_} of=${s}>${a=>o`
            <p class="lead-line"><${J} type=${a.type} /> <span class="faint">
                ${B(a.type)===a.type?"":a.type}</span></p>
            <${po} event=${a} />
            ${!a.erased_at&&o`<${go} key=${e} seq=${e} />`}
            <${ho} event=${a} />
            <${ys} key=${e} seq=${e} />`}</${_}>`}</div>`}var ko=1e3,xo=10;async function xs(t,e,s){let n=s;for(let a=xo;a>0&&n?.next!==null;a--){let r=await w(`/v1/leads/${A(t)}`,{...e,params:{limit:ko,cursor:n?.next}});n={...r,...n,events:[...n?.events??[],...r.events],next:r.next}}return n}var Eo=({seq:t,type:e,conversation_id:s,occurred_at:n,received_at:a})=>({seq:t,at:n??a,type:e,conversation:s,changes:[]});function So({changes:t,events:e,escalations:s,intents:n}){let a=new Map(e.map(r=>[r.seq,Eo(r)]));for(let r of t)a.get(r.seq)?.changes.push(r);for(let{seq:r,reason:i}of[...s,...n])a.has(r)&&(a.get(r).reason=i);return[...a.values()].sort((r,i)=>Date.parse(i.at)-Date.parse(r.at)||i.seq-r.seq)}var Es=({value:t})=>t==null?o`<span class="faint">nothing</span>`:o`<${d}
    text=${wt(t)} />`,To=({change:t})=>o`<li><span class="faint"><${d} text=${yt(t.field)} /></span>
    ${t.from!==null&&o`<del><${Es} value=${t.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${Es} value=${t.to} /></ins></li>`;function Co({entry:t,several:e}){return o`<li class="entry"><div class="entry-head"><${J} type=${t.type} />
            <p class="meta"><${k} at=${t.at} show=${dt} /><${N} seq=${t.seq}><span
                class="offscreen">event </span>#${t.seq}</${N}>
            ${e&&t.conversation&&o`<${$t} id=${t.conversation} />`}</p></div>
        ${t.reason&&o`<${gt} class="reason" text=${t.reason} />`}
        ${t.changes.length>0&&o`<ul class="changes">${t.changes.map((s,n)=>o`<${To} key=${n}
            change=${s} />`)}</ul>`}</li>`}var Ss=200,Mo=({history:t,more:e})=>o`<p class="notice">These are the first ${L(t.events.length,"event")}.
    <${W} act=${e}>Load newer events</${W}></p>`;function Lo({history:t,more:e}){let s=P(()=>So(t),[t]),[n,a]=h(Ss);z(U);let r=[];for(let l of s.slice(0,n)){let c=Lt(l.at);r.at(-1)?.key!==c&&r.push({key:c,at:l.at,entries:[]}),r.at(-1).entries.push(l)}let i=t.conversations.length>1;return o`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${t.next&&o`<${Mo} history=${t} more=${e} />`}
        ${r.map(l=>o`<div class="line-day" key=${l.key}><h3><${k} at=${l.at} show=${vt} /></h3>
            <ol class="line">${l.entries.map(c=>o`<${Co} key=${c.seq} entry=${c}
                several=${i} />`)}</ol></div>`)}
        ${s.length>n&&o`<button type="button"
            onClick=${()=>a(n+5*Ss)}>Show more of ${L(s.length,"event")}</button>`}
        ${t.changes_cut&&o`<p class="faint">There are more changes than are shown.</p>`}</section>`}function _o({lead:t}){return o`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${V} rows=${[...Ye(t).map(([e,s])=>[o`<${d} text=${yt(e)} />`,o`<span class="with-copy"><${d} text=${wt(s)} /><${R} text=${wt(s)}
                what=${yt(e)} class="quiet small" /></span>`]),["Lead",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R} text=${t.id}
            what="the lead’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d} text=${t.agent_name||t.agent_id} />`],["First seen",o`<${k} at=${t.first_at} />`],["Last seen",o`<${k} at=${t.last_at} />`],["Events",o`<a href=${`/trail?${new URLSearchParams({lead:t.id})}`}>${L(t.events,"event")}</a>`]]} />${t.profile_cut&&o`<p class="faint">The profile is larger than what is shown.</p>`}</section>`}function Ao({history:t}){let{conversations:e}=t;return e.length===0?null:o`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${e.length}${t.conversations_cut?"+":""}</span></h2>
        <ul class="talks">${e.map(s=>o`<li key=${s.id}><${$t} id=${s.id} />
            <span class="faint"><${k} at=${s.first_at} show=${F} /> to <${k} at=${s.last_at}
                show=${F} />, ${L(s.events,"event")}</span></li>`)}</ul></section>`}function Ts({where:t}){let{id:e}=t,s=q(i=>xs(e,i),e);f(()=>{C("Lead",e)},[e]),D({Escape:()=>rt("/leads")});let n=async()=>{s.replace(await xs(e,{},s.data))},a=s.error?.status===404||s.error?.status===410,r=s.data&&ot(s.data.lead);return o`<div class="view scroll lead"><${y} title=${r?o`<${d} text=${r} />`:"Lead"} lead=${o`<a
        class="up" href="/leads">Leads</a>`} />
        ${a?o`<${g} title=${s.error.status===410?"This lead was erased":"There is no such lead"}><p>
            ${s.error.detail}</p></${g}>`:o`
        <${_} of=${s} lines=${12}>${i=>o`<div class="columns">
            <div class="column-side"><${_o} lead=${i.lead} /><${Ao} history=${i} /></div>
            <div class="column-main"><${Lo} history=${i} more=${n} /></div></div>`}</${_}>`}</div>`}var Cs=["agent","conversation","visitor","since","until","email"],Ro=[["at","Last activity"],["name","Lead"],["email","Email"],["company","Company"],["count","Conversations"]].map(([t,e])=>({key:t,name:e})),Ms=t=>typeof t=="string"&&t!==""&&o`<${d} text=${t} />`,qo=t=>o`
    <span role="cell" class="cell-at">${K(t.last_at,F)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${x.lead(t.id)}>${ot(t.profile)?o`<${d} text=${ot(t.profile)} />`:o`<span class="id"><${d}
            text=${t.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${Ms(t.profile?.email)}</span>
    <span role="cell" class="cell-company">${Ms(t.profile?.company)}</span>
    <span role="cell" class="cell-count">${E(t.conversations)}${t.conversations_more&&"+"}<span
        class="unit"> ${t.conversations===1?"conversation":"conversations"}</span></span>`;function Ls({where:t}){let{pages:e,filters:s,place:n}=Dt(t,"/v1/leads","leads",Cs);return f(()=>{C("Leads")},[]),o`<div class="view fill"><${y} title="Leads" />
        <${it} where=${t} names=${Cs.filter(a=>a!=="email")} />
        <div class="list-frame"><${lt} pages=${e} label="Leads" columns=${Ro} draw=${qo} place=${n}
            class="leads"
            empty=${o`<${g} title="No leads">${s.email?o`<p>Nobody ever had this address.</p>`:o`
                <p>They appear here when contact details are captured.</p>`}</${g}>`} /></div></div>`}var ke=864e5,_s=[7,30,90],Oo=5e3,No=1e3,As=5,Pt=t=>new Date(t).toISOString().slice(0,10),Qt=t=>t.catch(e=>{if(e.name==="AbortError")throw e;return null}),Do=t=>Pt(Date.now()-(t-1)*ke);async function Io(t,e){let s=Do(t),n=(l,c)=>w(l,{...e,params:c}),[a,r,i]=await Promise.all([n("/v1/stats",{since:s}),Qt(n("/v1/health")),Qt(n("/v1/events",{limit:1}))]);return{stats:a,health:r,newest:i,since:s,range:t}}async function Po(t){let e=Pt(Date.now()),s=(c,u)=>Qt(w(c,{...t,params:u})),[n,a,r,i,l]=await Promise.all([s("/v1/conversations",{since:e,limit:No}),s("/v1/rejected",{limit:As}),s("/v1/exports"),Qt(w("/log/checkpoint",{...t,as:"text"})),s("/v1/events",{type:"session-escalated",limit:As})]);return{today:e,conversations:n,rejected:a,exports:r,checkpoint:i,escalations:l}}function Fo(t,e){let s=new Map(t.days.map(a=>[a.day,a])),n=Date.now();return Array.from({length:e},(a,r)=>{let i=Pt(n-(e-1-r)*ke),{events:l=0,types:c}=s.get(i)??{};return{day:i,events:l,types:{__proto__:null,...c}}})}var It=(t,e)=>t.reduce((s,n)=>s+(n.types[e]??0),0),xt=({words:t,value:e,href:s,note:n})=>o`<li class="tile"><a href=${s}><span class="tile-words">${t}</span>
    <span class="tile-value">${e}</span><span class="tile-note">${n}</span></a></li>`;function jo({data:t,days:e}){let{stats:s,conversations:n,since:a,range:r}=t,i=t.today??Pt(Date.now()),l=n?`${E(n.conversations.length)}${n.next?"+":""}`:"…",c=`in ${r} days`,u=p=>`/trail?${new URLSearchParams({type:p,since:a})}`,$=s.totals.rejected;return o`<ul class="tiles">
        <${xt} words="Events" value=${E(e.reduce((p,v)=>p+v.events,0))} note=${c}
            href=${`/trail?since=${a}`} />
        <${xt} words="Conversations" value=${l}
            note="today" href=${`/conversations?since=${i}`} />
        <${xt} words="Escalations" value=${E(It(e,"session-escalated"))} note=${c}
            href=${u("session-escalated")} />
        <${xt} words="Buyer intents" value=${E(It(e,"buyer-intent-detected"))} note=${c}
            href=${u("buyer-intent-detected")} />
        <${xt} words="Questions" value=${E(It(e,"new-question"))} note=${c}
            href=${u("new-question")} />
        <${xt} words="Rejected" value=${E($)}
            note=${$?"kept, with the reason":"nothing"} href="/rejected" />
    </ul>`}function zo(t){let[e,s]=h(null);return f(()=>{import("./chart-VMTURXQS.js").then(n=>s(()=>n.Chart),()=>{})},[]),e?o`<${e} ...${t} />`:o`<div class="chart" />`}function Ho({days:t,types:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${e.map(s=>o`<th scope="col" key=${s}><${d} text=${B(s)} /></th>`)}</tr></thead>
        <tbody>${t.toReversed().map(s=>o`<tr key=${s.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({since:s.day,until:Pt(Date.parse(s.day)+ke)})}`}>
            ${s.day}</a></th>
            <td>${E(s.events)}</td>${e.map(n=>o`<td key=${n}>
                ${E(s.types[n]??0)}</td>`)}</tr>`)}</tbody></table></div>`}var Wo=t=>[...new Set(t.flatMap(e=>Object.keys(e.types)))].sort((e,s)=>It(t,s)-It(t,e));function Bo({data:t,days:e}){let[s,n]=h(new Set),[a,r]=h(!1),i=P(()=>Wo(e),[e]),l=P(()=>i.filter(u=>!s.has(u)),[i,s]),c=u=>n($=>{let p=new Set($);return p.delete(u)||p.add(u),p});return o`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!a}
            onClick=${()=>r(!1)}>Chart</button>
            <button type="button" aria-pressed=${a} onClick=${()=>r(!0)}>Table</button></div></div>
        ${a?o`<${Ho} days=${e} types=${i} />`:o`<${zo} days=${e} types=${l} />
            <ul class="legend">${i.map(u=>o`<li key=${u}><button type="button"
                class="quiet small ${zt(u)}" aria-pressed=${!s.has(u)}
                onClick=${()=>c(u)}><span class="dot" aria-hidden="true"></span><${d}
                    text=${B(u)} /></button></li>`)}</ul>`}
        ${t.stats.totals.events===0&&o`<p class="faint">No events in this time.</p>`}</section>`}var Rs=()=>o`<${m} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${T}
    name="quiet" />quiet</${m}>`;function Uo({data:t}){let{health:e,stats:s}=t,n=new Map(s.types.map(r=>[r.type,r.events])),a=(e?.types??[]).toSorted((r,i)=>Date.parse(i.last_at)-Date.parse(r.last_at));return o`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${a.length===0&&o`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${a.map(r=>o`<li key=${r.type}><a
            href=${`/trail?${new URLSearchParams({type:r.type})}`}><${J} type=${r.type} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Rs} />`}<span class="faint number">
                ${E(n.get(r.type)??0)}</span><${ut} at=${r.last_at} /></span></li>`)}</ul></section>`}function Ko({data:t}){let{health:e,stats:s}=t,n=new Map(s.agents.map(r=>[r.agent_id,r.events])),a=(e?.agents??[]).slice(0,8);return a.length===0?null:o`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${a.map(r=>o`<li key=${r.agent_id}><a
            href=${`/trail?${new URLSearchParams({agent:r.agent_id})}`}><${d}
            text=${r.agent_name||r.agent_id} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Rs} />`}<span class="faint number">
                ${E(n.get(r.agent_id)??0)}</span><${ut}
                at=${r.last_at} /></span></li>`)}</ul></section>`}function Vo({data:t}){let e=t.escalations?.events??[];return e.length===0?null:o`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.seq}>${s.conversation_id?o`<${$t}
            id=${s.conversation_id} />`:o`<${N} seq=${s.seq}>Event ${s.seq}</${N}>`}<span class="rows-end"><${ut}
                at=${s.occurred_at??s.received_at} /></span></li>`)}</ul></section>`}function Go({data:t}){let e=t.rejected?.rejected??[];return e.length===0?null:o`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.number}><a class="cut" href=${x.rejection(s.number)}>
            <${d} text=${s.detail||s.title} /></a>
            <span class="rows-end"><${m} kind="bad">${s.status}</${m}><${ut}
                at=${s.received_at} /></span></li>`)}</ul></section>`}function Yo(t){let[e,s,n]=(t??"").split(`
`);return/^\d+$/.test(s??"")?{origin:e,size:Number(s),root:n}:null}function Xo({data:t}){let e=t.newest?.events[0],s=Yo(t.checkpoint),n=e&&s?e.seq-s.size:0;return o`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${V} rows=${[["Newest event",e?o`<${N} seq=${e.seq}>${E(e.seq)}</${N}> <${ut}
            class="faint" at=${e.received_at} />`:"none yet"],["Checkpoint",s?o`<${m} kind=${n>0?"":"good"}>
            ${n>0?`${E(n)} not signed yet`:"all signed"}</${m}> at ${E(s.size)}`:"none yet"],["Root",s&&o`<span class="mono"><${d} text=${s.root} /></span>`],["Log",s&&o`<span class="mono"><${d} text=${s.origin} /></span>`]]} /></section>`}function Zo({data:t}){let e=t.exports?.exports??[];return o`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${e.length===0&&o`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${e.map(s=>o`<li key=${s.name}><span><${d}
            text=${s.name} /> ${s.state!=="done"&&o`<${m} kind="warn">${s.state}</${m}>`}</span>
            <span class="rows-end">${s.behind>0?o`<span class="faint">
                ${L(s.behind,"event")} behind</span>`:o`<${m} kind="good">up to date</${m}>`}
            ${s.done_at?o`<${ut} at=${s.done_at} />`:o`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`}function Jo(t,e){let s=b();s.current=t,f(()=>{if(e===void 0)return;let n=null,a=()=>{n=null,Rt()&&s.current()},r=bt({after:e,onEvents:()=>{n??=setTimeout(a,Oo)}});return()=>{clearTimeout(n),r()}},[e===void 0])}function qs({where:t}){let e=Number(new URLSearchParams(t.search).get("days")),s=_s.includes(e)?e:30,n=q($=>Io(s,$),`overview ${s}`,!0),a=q(Po,"rest"),{error:r}=n,i=n.data&&{...n.data,...a.data},l=()=>{n.reload(),a.reload()};Jo(l,i?.newest?i.newest.events[0]?.seq??0:void 0),f(()=>{C("Overview")},[]);let c=P(()=>n.data&&Fo(n.data.stats,n.data.range),[n.data]),u=i&&i.newest?.events.length===0;return o`<div class="view scroll overview"><${y} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${_s.map($=>o`<button type="button"
                key=${$} aria-pressed=${$===s}
                onClick=${()=>H(`/?days=${$}`,{replace:!0})}>${$} days</button>`)}</div></${y}>
        ${r&&o`<${j} error=${r} retry=${l} />`}
        ${!i&&!r&&o`<${pt} lines=${10} />`}
        ${u&&o`<${g} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${g}>`}
        ${i&&o`<${jo} data=${i} days=${c} />
            <${Bo} data=${i} days=${c} />
            <div class="cards"><${Uo} data=${i} /><${Ko} data=${i} /><${Vo} data=${i} />
                <${Go} data=${i} />
                ${a.data&&o`<${Xo} data=${i} /><${Zo} data=${i} />`}</div>
            <p class="faint asof">Since <${k} at=${i.since} show=${Oe} />. <${k} at=${new Date().toISOString()}
                show=${$=>`As of ${F($)}`} /></p>`}
    </div>`}var Os=["since","until"],Qo=[["at","Received"],["status","Answer"],["reason","Reason"],["endpoint","Endpoint"],["size","Size"],["seq","Number"]].map(([t,e])=>({key:t,name:e})),ta=t=>o`
    <span role="cell" class="cell-at">${K(t.received_at,F)}</span>
    <span role="cell" class="cell-status"><${m} kind="bad">${t.status}</${m}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${x.rejection(t.number)}><${d}
        text=${t.detail||t.title} /></a></span>
    <span role="cell" class="cell-endpoint">${t.endpoint&&o`<${d} text=${t.endpoint} />`}</span>
    <span role="cell" class="cell-size">${st(t.size)}</span>
    <span role="cell" class="cell-seq">${t.number}</span>`,ea=3e4;function sa(t,e){let s=b();s.current=()=>{e.top===0&&t().catch(()=>{})},f(()=>{let n=()=>s.current(),a=setInterval(()=>{Rt()&&n()},ea);return addEventListener("focus",n),()=>{clearInterval(a),removeEventListener("focus",n)}},[])}function Ns({where:t}){let{pages:e,filters:s,place:n,refresh:a}=Dt(t,"/v1/rejected","rejected",Os);return f(()=>{C("Rejected")},[]),sa(a,n),o`<div class="view fill"><${y} title="Rejected"><${W} act=${a}>Refresh</${W}></${y}>
        <${it} where=${t} names=${Os} />
        <div class="list-frame"><${lt} pages=${e} label="Rejected deliveries" columns=${Qo} draw=${ta}
            place=${n} class="rejections"
            empty=${o`<${g} title="Nothing is kept here">${Object.keys(s).length>0&&o`
                <p>Of this time there is none.</p>`}</${g}>`} /></div></div>`}var Ds=4e3,Is=8e3;function na(t){return typeof t.body=="string"?new TextEncoder().encode(t.body):Uint8Array.from(atob(t.body_base64??""),e=>e.charCodeAt(0))}var xe=new TextDecoder("utf-8",{ignoreBOM:!0}),oa=t=>(t&192)===128;function aa(t,e){if(e===null)return{before:xe.decode(t.subarray(0,Is)),more:t.length-Is};let s=Math.max(0,e-Ds),n=Math.min(e+1,t.length);for(;n<t.length&&n<e+4&&oa(t[n]);)n++;let a=Math.min(t.length,n+Ds),r=(i,l)=>xe.decode(t.subarray(i,l));return{skipped:s,before:r(s,e),fault:r(e,n),after:r(n,a),more:t.length-a}}function ra({rejection:t}){let e=P(()=>na(t),[t]),{offset:s}=t,{skipped:n,before:a,fault:r,after:i,more:l}=P(()=>aa(e,s),[e,s]);return f(()=>{document.querySelector(".fault")?.scrollIntoView({block:"nearest"})},[e]),o`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${t.kept<t.size?`the first ${st(t.kept)} were kept`:"as received"}</span></h2>
        <div class="acts"><${R} text=${()=>xe.decode(e)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${n>0&&o`<span
            class="faint">… ${st(n)} before\n</span>`}<${d} lines text=${a} />${s!==null&&o`<mark class="fault" title=${`byte ${s}`}><span class="offscreen">at fault: </span>
                ${r?o`<${d} text=${r} />`:"end"}</mark>`}${i&&o`<${d} lines text=${i} />`}${l>0&&o`<span
                class="faint">\n… ${st(l)} after</span>`}</pre></section>`}var ia=({pointer:t})=>o`<ul class="plain-list mono">${t.split(" ").map(e=>o`<li><${d}
    text=${e} /></li>`)}</ul>`;function la({rejection:t,onClose:e}){let[s,n]=h(null),a=async()=>{try{await mt(`/v1/rejected/${A(t.number)}`)}catch(r){return n(r)}ht(`Rejected delivery ${t.number} was dropped.`),H("/rejected",{replace:!0})};return o`<${X} title=${`Drop rejected delivery ${t.number}?`} onClose=${e}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${s&&o`<${j} error=${s} />`}
        <div class="dialog-acts"><button type="button" onClick=${e}>Keep it</button><${W} class="danger"
            act=${a}>Drop it</${W}></div></${X}>`}function ca({rejection:t,onProblem:e}){let[s,n]=h(!1);return o`<${W} act=${async()=>{try{let r=await et(`/v1/rejected/${A(t.number)}/retry`);ht(`Taken into the trail as event ${r.seq}.`,"good"),H(x.event(r.seq),{replace:!0})}catch(r){e(r)}}}>Retry</${W}>
        <button type="button" class="danger-quiet" onClick=${()=>n(!0)}>Drop</button>
        ${s&&o`<${la} rejection=${t} onClose=${()=>n(!1)} />`}`}function Ps({where:t,who:e}){let{id:s}=t,n=q(i=>w(`/v1/rejected/${A(s)}`,i),s),[a,r]=h(null);return f(()=>{C("Rejected",s)},[s]),D({Escape:()=>rt("/rejected")}),o`<div class="view scroll"><${y} title=${o`Rejected <span class="number"><${d} text=${s} /></span>`}
        lead=${o`<a class="up" href="/rejected">Rejected</a>`}>
            ${n.data&&ft(e)&&o`<${ca} rejection=${n.data} onProblem=${r} />`}</${y}>
        ${a&&o`<${j} error=${a}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${j}>`}
        ${n.error?.status===404?o`<${g} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${g}>`:o`
        <${_} of=${n}>${i=>o`
            <p class="lead-line"><${m} kind="bad">${i.status}</${m}> <${d}
                text=${i.detail||i.title} /></p>
            <${V} rows=${[["Received",o`<${k} at=${i.received_at} />`],["Reason",o`<${d} text=${i.title} />`],["Byte at fault",i.offset!==null&&o`<span class="mono">${i.offset}</span>`],["Looked for at",i.pointer&&o`<${ia} pointer=${i.pointer} />`],["Endpoint",i.endpoint&&o`<${d} text=${i.endpoint} />`],["Sender",i.sender&&o`<span class="mono"><${d} text=${i.sender} /></span>`],["Content type",i.content_type&&o`<span class="mono"><${d}
                    text=${i.content_type} /></span>`],["Size",st(i.size)]]} /><${ra} rejection=${i} />`}</${_}>`}</div>`}function te({title:t,secret:e,what:s,children:n,onClose:a}){return o`<${X} title=${t} onClose=${a} held>
        <p>${n}</p>
        <p class="secret" data-testid="secret"><code>${e}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${R} text=${e} what=${s} class="primary" autofocus /><button type="button"
            onClick=${a}>Done</button></div></${X}>`}function tt({title:t,submit:e,words:s,danger:n,onClose:a,children:r,disabled:i=!1}){let l=b(),[c,u]=h({});return o`<${X} title=${t} onClose=${a}><form ref=${l} onSubmit=${async p=>{p.preventDefault(),u({busy:!0});try{await e(Object.fromEntries(new FormData(l.current)))}catch(v){u({error:v})}}}>${r}
        ${c.error&&o`<${j} error=${c.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${a}>Cancel</button>
            <button type="submit" class=${n?"danger":"primary"} disabled=${i||c.busy}
                aria-busy=${!!c.busy}>${s}</button></div></form></${X}>`}var Fs=({help:t})=>o`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck=${!1} autofocus /><span class="faint">
            ${t} Letters, digits, dots, underscores, dashes.</span></label>`,da=t=>location.origin+t;function ua({onClose:t,onSecret:e}){return o`<${tt} title="Add an endpoint" words="Add" submit=${async({label:n})=>e(await et("/v1/endpoints",{body:{label:n}}))} onClose=${t}>
        <${Fs} help="What you call it by, such as the site that its deliveries come from." /></${tt}>`}function $a({endpoint:t,onClose:e,onSecret:s}){return o`<${tt} title="Rotate the endpoint" words="Rotate" submit=${async()=>s(await et(`/v1/endpoints/${A(t.id)}/rotate`))} onClose=${e}>
        <p>Makes a new secret path for <strong><${d}
            text=${t.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${tt}>`}var pa=(t,e)=>e.filter(s=>s.id!==t.id&&s.name===t.name&&s.state==="active"&&t.state==="active");function ha({endpoint:t,shared:e,onClose:s,onDone:n}){let[a,r]=h(""),i=e?String(t.id):t.name;return o`<${tt} title="Retire the endpoint" words="Retire it for good" danger submit=${async()=>{await et(`/v1/endpoints/${A(t.id)}/retire`,{body:{confirm:i}}),n()}} onClose=${s}
        disabled=${a!==i}>
        <p>From now on deliveries to endpoint ${t.id}, <strong><${d}
            text=${t.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        ${e&&o`<p>Another endpoint has this name too, so it is the number that counts.</p>`}
        <label class="field"><span>Type <strong><${d} text=${i} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck=${!1} value=${a}
                onInput=${c=>r(c.target.value)} autofocus /></label></${tt}>`}var fa=(t,e,s)=>t.state==="active"&&o`
    <button type="button" class="quiet" aria-label=${`Rotate ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"rotate",endpoint:t})}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"retire",endpoint:t,shared:e})}>Retire</button>`,ma=(t,e)=>e.some(({id:s})=>s>t.id),js=t=>requestAnimationFrame(()=>document.querySelector(`.scroll-x[aria-labelledby="${t}"]`)?.focus());function va({endpoints:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>[s,pa(s,t)]).map(([s,n])=>o`<tr
            key=${s.id} data-testid="endpoint">
            <td><${d} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="active"?"good":""}>${s.state}</${m}>
                ${ma(s,n)&&o` <${m} kind="warn"
                    title="It was rotated: retire it when nothing is delivered to it any more">older</${m}>`}
                ${s.retired_at&&o` <span class="faint"><${k} at=${s.retired_at} /></span>`}</td>
            <td>${s.signed?"yes":o`<span class="faint">no</span>`}</td>
            <td><${k} at=${s.created_at} /></td>
            <td class="acts">${fa(s,n.length>0,e)}</td></tr>`)}</tbody></table></div>`}function ga({onChange:t}){let e=q(l=>w("/v1/endpoints",l),"endpoints"),[s,n]=h(null),a=()=>n(null),r=({endpoint:l,name:c})=>{e.reload(),t(),n({kind:"secret",endpoint:l,name:c})},i=()=>{e.reload(),t(),a(),js("endpoints"),ht("The endpoint is retired: it answers 410.")};return o`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${_} of=${e} lines=${3}>${({endpoints:l})=>o`<${va} endpoints=${l}
            show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${ua} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="rotate"&&o`<${$a} endpoint=${s.endpoint} onClose=${a}
            onSecret=${r} />`}
        ${s?.kind==="retire"&&o`<${ha} endpoint=${s.endpoint} shared=${s.shared} onClose=${a}
            onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${te} title="The endpoint’s address" secret=${da(s.endpoint)}
            what="the address" onClose=${a}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${te}>`}</section>`}function ba({onClose:t,onSecret:e}){return o`<${tt} title="Add a token" words="Add" submit=${async({label:n,scope:a})=>e(await et("/v1/tokens",{body:{label:n,scope:a}}))} onClose=${t}>
        <${Fs} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${tt}>`}function wa({token:t,onClose:e,onDone:s}){return o`<${tt} title="Revoke the token" words="Revoke" danger submit=${async()=>{await mt(`/v1/tokens/${A(t.id)}`),s()}} onClose=${e}>
        <p>Programs that use <strong><${d}
            text=${t.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p>
        ${t.id===O.get().token&&o`<p><strong>You signed in by this one: you will be signed out.</strong></p>`}</${tt}>`}function ya({tokens:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Scopes</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>o`<tr key=${s.id} data-testid="token">
            <td><${d} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="valid"?"good":""}>${s.state}</${m}>${s.revoked_at&&o` <span
                class="faint"><${k} at=${s.revoked_at} /></span>`}</td>
            <td>${s.scopes.join(", ")}</td>
            <td><${k} at=${s.created_at} /></td>
            <td class="acts">${s.state==="valid"&&o`<button type="button" class="quiet danger-text"
                aria-label=${`Revoke ${s.name}`}
                onClick=${()=>e({kind:"revoke",token:s})}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`}function ka({onChange:t}){let e=q(l=>w("/v1/tokens",l),"tokens"),[s,n]=h(null),a=()=>n(null),r=({token:l})=>{e.reload(),t(),n({kind:"secret",token:l})},i=()=>{e.reload(),t(),a(),js("tokens"),ht("The token is revoked.")};return o`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${_} of=${e} lines=${3}>${({tokens:l})=>o`<${ya} tokens=${l} show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${ba} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="revoke"&&o`<${wa} token=${s.token} onClose=${a} onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${te} title="The new token" secret=${s.token} what="the token"
            onClose=${a}>Give it to whom it is for, by a way that you trust.</${te}>`}</section>`}function xa({changes:t}){let e=q(s=>w("/v1/acts",{...s,params:{limit:50}}),"acts");return f(()=>{t&&e.reload()},[t]),o`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${_} of=${e} lines=${5}>${({acts:s})=>o`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${s.map(n=>o`<tr key=${n.seq}><td class="nowrap"><${k} at=${n.at} /></td><td>
            ${n.who&&o`<${d} text=${n.who} />`}</td>
            <td><${d} text=${n.kind} /></td><td>${n.object&&o`<${d} text=${n.object} />`}</td>
            <td class="faint">${n.detail&&o`<${d}
                text=${n.detail} />`}</td></tr>`)}</tbody></table></div>`}</${_}></section>`}function zs({who:t}){let[e,s]=h(0),n=()=>s(a=>a+1);return f(()=>{C("Settings")},[]),ft(t)?o`<div class="view scroll settings"><${y} title="Settings" /><${ga} onChange=${n} /><${ka}
        onChange=${n} /><${xa} changes=${e} /></div>`:o`<div class="view scroll"><${y} title="Settings" /><${g} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${g}></div>`}var Hs={expired:"Your session has ended. Sign in again to go on where you were.",idle:"You were signed out because nothing was done for a while."},Ea=t=>t.status===401?"No token is like that, or it was revoked.":t.detail||t.message;function Ws({why:t}){let e=b(),[s,n]=h({});f(()=>{C("Sign in"),e.current.focus()},[]);let a=async r=>{r.preventDefault();let i=e.current.value.trim();if(!i)return e.current.focus();n({busy:!0});try{await Ue(i)}catch(l){n({error:Ea(l)}),e.current?.select()}};return o`<main class="alone sign-in" data-state=${O.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${Hs[t]&&o`<p class="notice" role="status">${Hs[t]}</p>`}
            <form onSubmit=${a}>
                <label for="token">API token</label>
                <input id="token" name="token" type="password" ref=${e} autocomplete="current-password" spellcheck=${!1}
                    placeholder="ht_…" required aria-describedby="token-help" aria-invalid=${!!s.error} />
                <p id="token-help" class=${s.error?"bad-text":"faint"} role=${s.error?"alert":void 0}>
                    ${s.error??o`Printed once by ${""}<code>hooktrail init</code> or <code>hooktrail token add</code>.`}</p>
                <button type="submit" class="primary" disabled=${s.busy} aria-busy=${!!s.busy}>Sign in</button>
            </form>
        </div>
        <${Ut} />
    </main>`}var Bs=100,ee=1e3,Sa=[["at","Received"],["type","Type"],["agent","Agent"],["conversation","Conversation"],["lead","Lead"],["marks","Marks"],["seq","Event"]].map(([t,e])=>({key:t,name:e})),Ta=({event:t})=>o`
    ${t.deliveries>1&&o`<${m}
        title=${`delivered ${t.deliveries} times`}>×${E(t.deliveries)}</${m}>`}
    ${t.warnings.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
        ${L(t.warnings.length,"warning")}</${m}>`}
    ${t.derived&&o`<${m}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${m}>`}
    ${t.unreadable&&o`<${m} kind="bad" title="The payload could not be read">unreadable</${m}>`}`,Ca=t=>o`
    <span role="cell" class="cell-at">${K(t.received_at,F)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${x.event(t.seq)}
        title=${B(t.type)} aria-label=${`${B(t.type)}, event ${t.seq}`}><${J} type=${t.type} /></a></span>
    <span role="cell" class="cell-agent">${t.agent_name||t.agent_id?o`<${d}
        text=${t.agent_name||t.agent_id} />`:""}</span>
    <span role="cell" class="cell-conversation">${t.conversation_id&&o`<${$t}
        id=${t.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_id&&o`<${Q} id=${t.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${Ta} event=${t} /></span>
    <span role="cell" class="cell-seq">${t.seq}</span>`;function Ma(t){let e=t.order==="asc"?-1:1,s=t.order==="asc"?"after":"before";return async({cursor:n,page:a,signal:r})=>{let i=a?.top??n?.from,l=i?{...t,[s]:i.seq+e}:{...t,cursor:n},{events:c,next:u}=await w("/v1/events",{params:{...l,limit:a?.count??Bs},signal:r});return{rows:c,next:u}}}var Us=t=>t.order!=="asc"&&!t.until&&!t.before,se=class{constructor(){this.rows=[],this.count=0}add(e){this.count+=e.length,this.rows=this.count<=ee?[...e,...this.rows]:[]}get overflown(){return this.count>ee}};function La(t){return{pages:new kt(Ma(t)),place:{top:0},held:new se,newest:void 0}}function _a(t){let e=Nt(t.search,ge),[s,n]=h(0),a=`${t.key} ${t.search} ${s}`,r=b({});r.current.key!==a&&(r.current={key:a,...s===0&&Mt(a)||La(e)},Ct(a,r.current));let i=Jt(()=>r.current.pages,a);return{filters:e,state:r.current,pages:i,renew:()=>n(l=>l+1)}}function Aa({filters:t,state:e,pages:s,renew:n},a,r){let i=b(!0),l=b(a);l.current=a;let c=()=>{let{held:p}=e;e.held=new se,p.overflown?n():p.count&&s.prepend(p.rows,Bs)},u=p=>{e.newest=p.at(-1).seq,e.held.add(p.reverse()),!l.current&&i.current?c():s.onChange()},$=s.count>0||s.atEnd;return f(()=>{if(!$||!Us(t))return;e.newest??=s.row(0)?.seq??Number(t.after??0);let{type:p,agent:v,conversation:S,lead:I,visitor:G,since:at}=t;return bt({params:{type:p,agent:v,conversation:S,lead:I,visitor:G,since:at},after:e.newest,onEvents:u,onState:r})},[$,s]),{show:c,onTop:p=>{i.current=p}}}var Ra={connecting:"Connecting …",live:"Live",lost:"Reconnecting …",refused:"Not live"};function qa(t){return t===0?"To the newest":`${t>ee?"more than ":""}${E(Math.min(t,ee))} new`}function Oa({state:t,paused:e,setPaused:s}){return o`<span class="live is-${e?"paused":t}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${e?"Paused":Ra[t]}</span>
        <button type="button" aria-pressed=${e} title="p" onClick=${()=>s(!e)}>
            <${T} name=${e?"play":"pause"} />${e?"Go on":"Pause"}</button>`}function Ks({where:t}){let e=_a(t),{filters:s,state:n,pages:a,renew:r}=e,[i,l]=h(!1),[c,u]=h("connecting"),{show:$,onTop:p}=Aa(e,i,u);f(()=>{C("Trail")},[]);let v=()=>{document.querySelector(".list").scrollTop=0,a.dropped?r():$()},S=G=>{l(G),!G&&n.place.top===0&&$()};D({p:()=>S(!i),".":v});let I=n.held.count;return o`<div class="view fill">
        <${y} title="Trail">${Us(s)&&o`<${Oa} state=${c} paused=${i}
            setPaused=${S} />`}</${y}>
        <${it} where=${t} names=${ge} />
        <div class="list-frame">
            <div class="fresh" role="status">${(I>0||a.dropped>0)&&o`<button type="button" class="pill"
                onClick=${v}>
                <${T} name="up" />
                    ${qa(I)}</button>`}</div>
            <${lt} pages=${a} label="Events" columns=${Sa} draw=${Ca} place=${n.place} onTop=${p}
                class="trail"
                empty=${o`<${g} title="No events">${Object.keys(s).length?o`<p>Nothing in the trail passes these filters.</p>`:o`
                        <p>Deliveries appear here as they come.</p>`}</${g}>`} />
        </div>
    </div>`}var Ee={overview:qs,trail:Ks,event:ks,conversations:hs,conversation:cs,leads:Ls,lead:Ts,rejected:Ns,rejection:Ps,settings:zs,"sign-in":Ws};var Na=[["overview","/","Overview",["overview"]],["trail","/trail","Trail",["trail","event"]],["conversations","/conversations","Conversations",["conversations","conversation"]],["leads","/leads","Leads",["leads","lead"]],["rejected","/rejected","Rejected",["rejected","rejection"]],["settings","/settings","Settings",["settings"]]];function Da({name:t,admin:e,open:s}){let n=Na.filter(([a])=>a!=="settings"||e);return o`<nav id="navigation" aria-label="Sections" class=${s?"open":""}><ul>
        ${n.map(([a,r,i,l])=>o`<li key=${a}>
            <a href=${r} aria-current=${l.includes(t)?"page":void 0}>
                <${T} name=${a} />${i}</a></li>`)}</ul></nav>`}async function Ia(){await ce(),H("/sign-in")}function Pa({who:t}){return o`<section class="who" aria-label="You">
        <${Ut} />
        <p class="who-name" title=${`scope ${t.scope}`}>${t.name||"token"} <span class="faint">
            ${ft(t)?"admin":"read"}</span></p>
        <${W} class="quiet" act=${Ia}>Sign out</${W}>
    </section>`}function Fa(){let t=z(Z),[e,s]=h(!navigator.onLine);return f(()=>{let n=()=>s(!navigator.onLine);return addEventListener("online",n),addEventListener("offline",n),()=>{removeEventListener("online",n),removeEventListener("offline",n)}},[]),t&&!e?null:o`<p class="offline" role="status" data-testid="offline">
        ${e?"This machine is offline.":"hooktraild does not answer."} What is shown may be old.</p>`}var Vs={o:"/",t:"/trail",c:"/conversations",l:"/leads",r:"/rejected"};function ja(t){let e=b(0),s=n=>()=>{Date.now()-e.current>1200||(e.current=0,H(Vs[n]))};D({g:()=>{e.current=Date.now()},"?":t,...Object.fromEntries(Object.keys(Vs).map(n=>[n,s(n)]))})}function za(t){let e=b(!0);Y(()=>{let s=document.activeElement?.matches("input, textarea, select");!e.current&&!s&&document.querySelector("main h1")?.focus({preventScroll:!0}),e.current=!1},[t])}function Ha(t){t.preventDefault(),document.getElementById("main").focus()}var Wa=()=>o`<${g} title="There is no such page"><p><a href="/">To the overview</a></p></${g}>`;function Ba({who:t}){let e=oe(),[s,n]=h(!1),[a,r]=h(!1);ja(()=>r(!0)),f(()=>n(!1),[e]);let i=e.pathname;za(i);let l=Ee[e.name]??Wa;return o`<div class="app">
        <a class="skip" href="#main" onClick=${Ha}>To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${Fe} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${s}
                onClick=${()=>n(!s)}><${T} name=${s?"close":"menu"} /></button>
        </header>
        <div class=${s?"side open":"side"}>
            <${Da} name=${e.name} admin=${ft(t)} open=${s} />
            <${Pa} who=${t} />
        </div>
        <main id="main" tabindex="-1"><${Fa} /><${l} key=${i} where=${e} who=${t} /></main>
        <${Ne} />
        ${a&&o`<${De} onClose=${()=>r(!1)} />`}
    </div>`}function Gs(){let t=z(O),e=oe();return f(()=>{t.state==="out"&&Re()},[t.state]),f(()=>{t.state==="in"&&e.name==="sign-in"&&H("/",{replace:!0})},[t.state,e.name]),t.state==="unknown"?t.error?o`<main class="alone"><h1>hooktrail</h1><${j} error=${t.error}
            retry=${Bt} /></main>`:null:t.state==="out"?o`<${Ee["sign-in"]} why=${t.why} where=${e} />`:e.name==="sign-in"?null:o`<${Ba} who=${t} />`}qe();Ie();Ke();Bt();Ce(o`<${Gs} />`,document.body);
