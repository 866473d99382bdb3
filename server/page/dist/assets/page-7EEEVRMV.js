import{A as z,B as rt,C as Re,D as Z,E as vt,F as qe,G as dt,H as F,I as Lt,J as E,K as L,L as st,M as W,N as C,O as d,P as gt,Q as k,R as U,S as ut,T as zt,U as J,V as m,W as N,X as $t,Y as Q,Z as R,a as Ft,b as Te,c as h,d as f,e as G,f as b,g as P,h as o,i as Ce,j as Me,k as jt,l as B,m as Le,n as St,o as X,p as _e,q as Tt,r as A,s as w,t as et,u as mt,v as x,w as oe,x as Ct,y as Mt,z as Ae}from"./chunk-5BDFFRH6.js";var Vs={overview:"M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",trail:"M2.5 4h11M2.5 8h11M2.5 12h7",conversations:"M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z",leads:"M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5",rejected:"M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2",settings:"M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4",search:"M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",menu:"M2.5 4.5h11M2.5 8h11M2.5 11.5h11",close:"M4 4l8 8M12 4l-8 8",back:"M9.5 3.5 5 8l4.5 4.5",down:"M4 6l4 4 4-4",right:"M6 4l4 4-4 4",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2v9.6L12.5 8z",up:"M8 13V3.5M4 7.5l4-4 4 4",sun:"M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",moon:"M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",auto:"M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8",quiet:"M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4",lock:"M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2"},T=({name:t})=>o`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${Vs[t]} /></svg>`;function q(t,e,s=!1){let[n,a]=h({key:void 0,data:null,error:null}),[r,i]=h(0);f(()=>{let c=new AbortController,u=$=>{c.signal.aborted||a(p=>({key:e,data:p.key===e||s?p.data:null,error:null,...$}))};return t({signal:c.signal}).then($=>u({data:$}),$=>u({error:$})),()=>c.abort()},[e,r]),f(()=>X.watch(c=>{c&&n.error?.status===0&&i(u=>u+1)}),[n]);let l=n.key===e;return{data:l||s?n.data:null,error:l?n.error:null,loading:!l||!n.data&&!n.error,reload:()=>i(c=>c+1),replace:c=>a({key:e,data:c,error:null})}}var pt=({lines:t=6})=>o`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({length:t},()=>o`<span class="bone" />`)}</div>`;function j({error:t,retry:e,children:s}){let{status:n,title:a,detail:r}=t;return o`<div class="notice bad" role="alert">
        <p><strong>${a??"Something went wrong"}</strong>${n?o` <span class="faint">${n}</span>`:null}</p>
        ${r||t.message!==a?o`<p>${r||t.message}</p>`:null}
        ${s}
        ${e&&o`<p><button type="button" onClick=${e}>Try again</button></p>`}
    </div>`}var g=({title:t,children:e})=>o`<div class="empty"><p class="empty-title">${t}</p>${e}</div>`;function _({of:t,lines:e,children:s}){return t.loading?o`<${pt} lines=${e} />`:o`${t.error&&o`<${j} error=${t.error} retry=${t.reload} />`}${t.data&&s(t.data)}`}var _t=jt([]),Gs=0;function ht(t,e=""){let s=++Gs;_t.set([..._t.get(),{id:s,text:t,kind:e}].slice(-3)),setTimeout(()=>_t.set(_t.get().filter(n=>n.id!==s)),5e3)}var Oe=()=>o`<div class="toasts" role="status">
    ${B(_t).map(({id:t,text:e,kind:s})=>o`<p key=${t} class="toast ${s}">${e}</p>`)}</div>`,re=null;function Ys(){document.querySelector("dialog[open]")||(re?.focus(),re=null)}function Y({title:t,onClose:e,held:s,children:n,class:a=""}){let r=b();return G(()=>(re??=document.activeElement,r.current.showModal(),()=>queueMicrotask(Ys)),[]),o`<dialog ref=${r} class=${a} aria-labelledby="dialog-title" closedby=${s?"none":void 0}
        onClose=${()=>s?r.current?.showModal():e()} onClick=${$=>{$.target===r.current&&!s&&e()}} onKeyDown=${$=>{s&&$.key==="Escape"&&$.preventDefault()}} onCancel=${$=>{s&&$.preventDefault()}}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${t}</h2>
                ${!s&&o`<button type="button" class="quiet square" aria-label="Close" onClick=${e}><${T}
                    name="close" /></button>`}
            </header>
            ${n}
        </div></dialog>`}function H({act:t,children:e,class:s="",...n}){let[a,r]=h(!1);return o`<button type="button" class=${s} aria-busy=${a} disabled=${a} onClick=${async()=>{r(!0);try{await t()}catch(l){ht(l.detail||l.message,"bad")}finally{r(!1)}}} ...${n}>
        ${e}</button>`}var ae=12;function Xs(t,e){let s=()=>{let{left:a,bottom:r}=t.getBoundingClientRect(),i=document.documentElement.clientWidth-ae-e.offsetWidth;e.style.left=`${Math.max(ae,Math.min(a,i))-a}px`,e.style.maxHeight=`${Math.max(160,innerHeight-r-4-ae)}px`},n=new ResizeObserver(s);return n.observe(e),addEventListener("resize",s),s(),()=>{n.disconnect(),removeEventListener("resize",s)}}function nt({label:t,active:e,children:s,class:n=""}){let[a,r]=h(!1),i=b();G(()=>a?Xs(i.current,i.current.querySelector(".panel")):void 0,[a]),f(()=>{if(!a)return;let u=i.current,$=({target:p})=>{!u.contains(p)&&!p.contains?.(u)&&r(!1)};return document.addEventListener("pointerdown",$),document.addEventListener("focusin",$),()=>{document.removeEventListener("pointerdown",$),document.removeEventListener("focusin",$)}},[a]);let l=()=>{r(!1),i.current.querySelector("button").focus()};return o`<div class="menu ${n}" ref=${i} onKeyDown=${u=>{u.key!=="Escape"||!a||(u.preventDefault(),l())}}>
        <button type="button" class=${e?"chip on":"chip"} aria-expanded=${a} onClick=${()=>r(!a)}>
            ${t}<${T} name="down" /></button>
        ${a&&o`<div class="panel">${s(l)}</div>`}
    </div>`}var K=({rows:t,class:e=""})=>o`<dl class="facts ${e}">
    ${t.filter(([,s])=>s!=null&&s!==!1).map(([s,n])=>o`
        <div key=${s}><dt>${s}</dt><dd>${n}</dd></div>`)}</dl>`,y=({title:t,children:e,lead:s,class:n=""})=>o`<header class="head ${n}">
    <div class="head-title">${s}<h1 tabindex="-1">${t}</h1></div>
    ${e&&o`<div class="head-acts">${e}</div>`}</header>`;var Zs=[["/","search"],["j  k","next and previous row"],["Enter","open the row"],["Esc","back to the list; close"],["p","pause the live list, or go on"],[".","show what is new"],["g  o","go to the overview"],["g  t","to the trail"],["g  c","to the conversations"],["g  l","to the leads"],["g  r","to what was rejected"],["?","this list"]],Ne=({onClose:t})=>o`<${Y} title="Keys" onClose=${t}>
    <dl class="keys">${Zs.map(([e,s])=>o`<div key=${e}>
        <dt>${e.split("  ").map(n=>o`<kbd>${n}</kbd>`)}</dt><dd>${s}</dd></div>`)}</dl></${Y}>`;var Ht=[],Js=t=>t.closest?.("input, textarea, select, [contenteditable]");function Qs(t){if(t.defaultPrevented||t.ctrlKey||t.metaKey||t.altKey||document.querySelector("dialog[open]"))return;if(Js(t.target)){t.key==="Escape"&&t.target.blur();return}let e=Ht.findLast(s=>s.current[t.key]);e&&(t.preventDefault(),e.current[t.key](t))}var De=()=>document.addEventListener("keydown",Qs);function D(t){let e=b(t);e.current=t,f(()=>(Ht.push(e),()=>Ht.splice(Ht.indexOf(e),1)),[])}var tn=1e15,Wt=(t,e,s)=>w(t,{params:{...e,limit:1},signal:s});async function en(t,e){let{events:s}=await Wt("/v1/events",{after:t-1,before:t+1},e);return s.length?x.event(t):null}async function sn(t,e){let{leads:s}=await w("/v1/leads",{params:{email:t},signal:e});return s.length===1?x.lead(s[0].id):s.length?`/leads?email=${encodeURIComponent(t)}`:null}async function Ie(t,e){try{await w(t,{signal:e})}catch(s){if(s instanceof St)return s.status===410;throw s}return!0}async function nn(t,e){let[{conversations:s},{leads:n},{events:a}]=await Promise.all([Wt("/v1/conversations",{conversation:t},e),Wt("/v1/leads",{lead:t},e),Wt("/v1/events",{visitor:t},e)]);return s.length?x.conversation(t):n.length?x.lead(t):a.length?`/trail?visitor=${encodeURIComponent(t)}`:await Ie(`/v1/conversations/${A(t)}`,e)?x.conversation(t):await Ie(`/v1/leads/${A(t)}`,e)?x.lead(t):null}async function on(t,e){let s=/^#?([1-9][0-9]*)$/.exec(t);return s&&Number(s[1])<tn&&await en(Number(s[1]),e)||t.includes("@")&&await sn(t,e)||nn(t,e)}function Pe(){let t=b(),e=b(),[s,n]=h({word:""});return D({"/":()=>{t.current.focus(),t.current.select()}}),f(()=>()=>e.current?.abort(),[]),o`<form class="search" role="search" onSubmit=${async l=>{l.preventDefault();let c=t.current.value.trim();if(!c)return;e.current?.abort(),e.current=new AbortController;let{signal:u}=e.current;n({busy:!0,word:"Searching …"});try{let $=await on(c,u);if(u.aborted||(n({word:$?"":"Nothing has that id, address or number."}),!$))return;t.current.value="",t.current.blur(),z($)}catch($){u.aborted||n({word:$.detail||$.message})}}}>
        <${T} name="search" />
        <input ref=${t} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${()=>{e.current?.abort(),s.word&&n({word:""})}}
            onBlur=${()=>{s.word&&!s.busy&&n({word:""})}} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck="false"
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${s.word?"search-word":"search-word none"} role="status">${s.word}</p>
    </form>`}var O=jt({state:"unknown"}),an=15e3,rn=300*1e3,ln=3,cn=120*1e3,je="hooktrail-used",ie=Date.now(),At=Date.now(),Fe=0;function dn(t){if(!(t-Fe<5e3)){Fe=t;try{localStorage.setItem(je,String(t))}catch{}}}function ze(){At=Date.now(),dn(At)}function un(){try{return Math.max(At,Number(localStorage.getItem(je))||0)}catch{return At}}function Rt(t=cn){return Date.now()-ie<t&&!document.hidden}var He=()=>Rt(O.get().idle_seconds*1e3);function qt(t){O.get().state!=="out"&&O.set({state:"out",why:t})}var le=t=>O.set({state:"in",...t});async function We(){let t=await w("/v1/session");O.get().state==="in"&&le(t)}_e({csrf:()=>O.get().csrf??"",renew:We,unauthorized:()=>{O.get().state==="in"&&qt("expired")},used:ze});async function Bt(){let t=globalThis.hooktrailSession;delete globalThis.hooktrailSession;try{le(await w("/v1/session",{signsIn:!0,early:t}))}catch(e){e instanceof St&&e.status===401?O.set({state:"out"}):O.set({state:"unknown",error:e})}}async function Be(t){le(await et("/v1/session",{body:{token:t},signsIn:!0}))}async function ce(t){try{await mt("/v1/session",{signsIn:!0})}catch(e){if(!t&&!(e instanceof St&&e.status===401))throw e}qt(t)}var ft=t=>/\badmin\b/.test(t?.scope??"");function $n(){ie=Date.now();let{state:t,idle_seconds:e}=O.get();t==="in"&&ie-At>Math.min(rn,e*1e3/ln)&&(ze(),We().catch(()=>{}))}function pn(){let{state:t,idle_seconds:e,expires_at:s}=O.get();if(t!=="in")return;let n=typeof s=="number"?s*1e3:Date.parse(s??"");e&&Date.now()-un()>e*1e3?ce("idle"):n&&Date.now()>n&&qt("expired")}function Ue(){for(let t of["pointerdown","keydown","wheel","touchstart"])addEventListener(t,$n,{passive:!0,capture:!0});setInterval(pn,an)}var de=Le("theme","auto");de.watch(t=>{t==="auto"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=t});var Ot=[["auto","auto","as the system"],["light","sun","light"],["dark","moon","dark"]];function Ut(){let t=B(de),e=B(Z),s=Ot.findIndex(([l])=>l===t),[,n,a]=Ot[s]??Ot[0],r=e==="UTC"?"UTC":"Local time",i=Ot[(s+1)%Ot.length];return o`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${a}. Change to ${i[2]}`}
            title=${`Theme: ${a}`}
            onClick=${()=>de.set(i[0])}><${T} name=${n} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${r}: the zone in which times are shown. Change`}
            onClick=${()=>Z.set(e==="UTC"?"local":"UTC")}>${r}</button>
    </div>`}var Kt=class{constructor(e){this.take=e,this.rest="",this.clear()}clear(){this.event={id:null,event:"message",data:null}}push(e){let s=(this.rest+e).split(`
`);if(this.rest=s.pop(),this.rest.length>4194304)throw new Error("a line of the stream is too long");for(let n of s)this.line(n.endsWith("\r")?n.slice(0,-1):n)}line(e){if(e===""){this.event.data!==null&&this.take(this.event),this.clear();return}let s=e.indexOf(":");if(s===0)return;let n=s<0?e:e.slice(0,s),a=s<0?"":e.slice(s+1).replace(/^ /,"");n==="data"?this.event.data=this.event.data===null?a:`${this.event.data}
${a}`:(n==="id"||n==="event")&&(this.event[n]=a)}};var hn=4e4,Ke=500,fn=3e3,mn=2e3,vn=3e4;function bt(t){let e=new ue(t);return e.open(),()=>e.close()}var ue=class{constructor({params:e,after:s,onEvents:n,onState:a}){this.params=e??{},this.last=s,this.onEvents=n,this.onState=a??(()=>{}),this.wait=Ke,this.waiting=[],this.closed=!1,this.onVisibility=()=>this.visibility(),this.onOnline=()=>this.again(0),document.addEventListener("visibilitychange",this.onVisibility),addEventListener("online",this.onOnline)}close(){this.closed=!0,document.removeEventListener("visibilitychange",this.onVisibility),removeEventListener("online",this.onOnline),cancelAnimationFrame(this.frame),this.stop()}stop(){this.abort?.abort(),this.abort=null,clearTimeout(this.retry),clearTimeout(this.silence)}visibility(){clearTimeout(this.hiding),document.hidden?this.hiding=setTimeout(()=>{this.asleep=!0,this.stop()},vn):this.asleep&&this.again(0)}again(e){this.closed||(this.asleep=!1,this.stop(),this.retry=setTimeout(()=>this.open(),e))}async open(){let e=new AbortController;this.abort=e,this.onState("connecting");try{await this.read(e)}catch{}this.closed||this.abort!==e||this.refused||(this.onState("lost"),this.again(this.wait),this.wait=Math.min(this.wait*2,fn))}async read(e){let s={Accept:"text/event-stream"};this.last!==void 0&&(s["Last-Event-ID"]=String(this.last)),this.heard(e);let n=await fetch(`/v1/stream${Tt(this.params)}`,{headers:s,signal:e.signal,credentials:"same-origin",cache:"no-store"});if(!n.ok)return this.refuse(n);X.set(!0),this.onState("live");let a=new Kt(i=>this.take(i)),r=n.body.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:i,value:l}=await r.read();if(i)return;this.wait=Ke,this.heard(e),a.push(l)}}refuse(e){e.status===401&&qt("expired"),this.refused=e.status>=400&&e.status<500&&e.status!==429,this.refused&&this.onState("refused")}heard(e){clearTimeout(this.silence),this.silence=setTimeout(()=>e.abort(),hn)}take({id:e,data:s}){e!==null&&(this.last=Number(e),this.waiting.push(JSON.parse(s)),this.waiting.length===1&&(this.frame=requestAnimationFrame(()=>this.give())),this.waiting.length>=mn&&this.give())}give(){cancelAnimationFrame(this.frame);let e=this.waiting;this.waiting=[],this.closed||this.onEvents(e)}};var Vt=t=>typeof t=="string"&&t.trim()!==""?t.trim():null;function ot(t){let e=[Vt(t?.first_name),Vt(t?.last_name)].filter(Boolean);return e.length?e.join(" "):Vt(t?.name)??Vt(t?.display_name)}var gn=new Set(["id","agent_id","agent_name","first_at","last_at","events","profile_cut"]),Ve=["email","phone","company","job_title"],$e=t=>t==null||t===""||typeof t=="object"&&Object.keys(t).length===0;function Ge(t){let e=Object.keys(t).filter(s=>!gn.has(s)&&!Ve.includes(s));return[...Ve,...e].filter(s=>s in t&&!$e(t[s])).map(s=>[s,t[s]])}var wt=t=>typeof t=="string"?t:JSON.stringify(t);function yt(t){let e=t.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)}var bn=300*1e3,Ye=40,Xe={user:["visitor","Visitor"],visitor:["visitor","Visitor"],customer:["visitor","Visitor"],lead:["visitor","Visitor"],assistant:["assistant","Assistant"],ai:["assistant","Assistant"],bot:["assistant","Assistant"],agent:["human","Agent"],human:["human","Agent"],operator:["human","Agent"],staff:["human","Agent"],system:["system","System"],tool:["system","Tool"]};function wn(t){if(typeof t!="string"||t==="")return{side:"other",name:"Unknown"};let e=t.toLowerCase(),[s,n]=Object.hasOwn(Xe,e)?Xe[e]:["other",t];return{side:s,name:n}}function Ze(t,e){let s=e.findLast(({fields:n})=>ot(n));return{assistant:t?.agent_name,visitor:s&&ot(s.fields)}}function pe(t,e){let{side:s,name:n}=wn(t);return{side:s,name:e[s]||n}}function yn(t,e){return t?.kind==="message"&&e.kind==="message"&&t.role===e.role&&Date.parse(e.at)-Date.parse(t.at)<bn}var kn=(t,e)=>t.length===e.length&&t.every((s,n)=>s===e[n]);function Je(t,e=[]){let s=[],n=0;for(let a=0;a<t.length;a+=Ye){let r=t.slice(a,a+Ye),i=e[s.length],l=n;for(let u of r)u.at&&(n=Lt(u.at));let c=i?.zone===Z.get()&&i.dayBefore===l&&kn(i.items,r);s.push(c?i:{items:r,zone:Z.get(),dayBefore:l,rows:Qe(r,t[a-1],l)})}return s}function Qe(t,e,s){return t.map(n=>{let a=n.at?Lt(n.at):s,r={item:n,day:a!==s&&n.at,goesOn:a===s&&yn(e,n)};return s=a,e=n,r})}var xn=(t,e)=>JSON.stringify(t)===JSON.stringify(e);function ts(t,e){return e.map((s,n)=>t[n]&&(t[n]===s||xn(t[n],s))?t[n]:s)}var En=t=>["edited","removed","derived"].filter(e=>t[e]).map(e=>` (${e})`).join("");function Sn({type:t,fields:e,reason:s}){let n=[ot(e),e?.email,s].filter(a=>typeof a=="string"&&a!=="");return W(t)+(n.length?`: ${n.join(", ")}`:"")}function es(t,e){return`${Qe(t).flatMap(({item:n,day:a})=>{let r=n.kind==="message"?`${pe(n.role,e).name}: ${n.content??""}`:`-- ${Sn(n)} --`,i=(n.at?`${dt(n.at)}  `:"")+r+En(n);return a?["",`---- ${vt(a)} ----`,"",i]:[i]}).join(`
`).trim()}
`}var Tn=100,fe=1e3,Cn=250,Mn=2e3,Ln=3e3;async function ss(t,e,s,n){let a=[],r;for(;;){let i=await w(`/v1/conversations/${A(t)}`,{params:{limit:r?fe:s,cursor:r},signal:e});a=a.concat(i.items);let l={conversation:i.conversation,items:a,whole:i.next===null};if(n?.(l),l.whole)return l;r=i.next}}function ns(t){let[e,s]=h({items:[]}),[n,a]=h(0),r=b(),i=(c,u,$)=>{u.aborted||s(p=>({...c,items:ts(p.items,c.items),news:(p.news??0)+$}))};return f(()=>{r.current=new AbortController;let{signal:c}=r.current;return ss(t,c,Tn,u=>i(u,c,0)).catch(u=>{c.aborted||s($=>({...$,error:u}))}),()=>r.current.abort()},[t,n]),f(()=>X.watch(c=>{c&&e.error?.status===0&&a(u=>u+1)}),[e.error]),{...e,refresh:async()=>{let{signal:c}=r.current;try{i(await ss(t,c,fe),c,1)}catch(u){if(u.status!==404&&u.status!==410)throw u;s({items:[],error:u})}},reload:()=>{s({items:[]}),a(n+1)}}}var _n=({seq:t,edited:e,removed:s})=>Math.max(t,e?.seq??0,s?.seq??0),An=t=>t.reduce((e,s)=>Math.max(e,_n(s)),0),he=class{constructor(e,s,n){Object.assign(this,{ask:e,settle:s,onBehind:n,timer:null,wanted:!1,closed:!1})}want(){this.wanted=!0,this.timer??=setTimeout(()=>this.run(),this.settle())}async run(){let e=Ln;if(He()){this.wanted=!1;let s=await this.ask().then(()=>!0,()=>!1);this.wanted||=!s,s&&(e=this.settle()),this.closed||this.onBehind(!s)}this.timer=this.wanted&&!this.closed?setTimeout(()=>this.run(),e):null}close(){this.closed=!0,clearTimeout(this.timer)}};function os(t,{whole:e,items:s,refresh:n}){let[a,r]=h("connecting"),[i,l]=h(!1),c=b(0);return c.current=s.length,f(()=>{if(!e)return;let u=new he(n,()=>c.current>fe?Mn:Cn,l),$=bt({params:{conversation:t},after:An(s),onEvents:()=>u.want(),onState:r});return()=>{u.close(),$()}},[t,e]),a==="live"&&i?"lost":a}var Rn="1500px 0px";var qn={timeout:120},On=globalThis.requestIdleCallback??(t=>setTimeout(t,16)),Gt=class{constructor(){this.waiting=new Map,this.observer=new IntersectionObserver(e=>{for(let{target:s,isIntersecting:n}of e)n&&this.draw(s)},{rootMargin:Rn}),this.onPrint=()=>{this.all()},addEventListener("beforeprint",this.onPrint)}add(e,s){return this.waiting.set(e,s),this.observer.observe(e),this.plan(),()=>this.forget(e)}forget(e){this.waiting.delete(e),this.observer.unobserve(e)}draw(e){let s=this.waiting.get(e);this.forget(e),s?.()}plan(){this.planned||this.closed||(this.planned=!0,On(()=>{if(this.planned=!1,!(this.closed||this.waiting.size===0)){for(let e of[...this.waiting.keys()].slice(0,4))this.draw(e);this.plan()}},qn))}all(){for(let e of[...this.waiting.keys()])this.draw(e);return new Promise(e=>{setTimeout(e)})}close(){this.closed=!0,this.observer.disconnect(),this.waiting.clear(),removeEventListener("beforeprint",this.onPrint)}};function Nn({edited:t}){let[e,s]=h(!1);return o`<button type="button" class="quiet small mark" aria-expanded=${e}
        onClick=${()=>s(!e)}>edited</button>
        ${e&&o`<ol class="versions" aria-label="Earlier versions">
            ${t.previous.map((n,a)=>o`<li key=${a}><${gt} text=${n.content??""} /><${N}
                seq=${n.seq} /></li>`)}
            ${t.previous_cut&&o`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${N} seq=${t.seq} /></li></ol>`}`}function Dn({item:t,goesOn:e,names:s}){let{side:n,name:a}=pe(t.role,s);return o`<article class="message ${n} ${e?"goes-on":""} ${t.removed?"removed":""}"
        id=${`event-${t.seq}`}>
        ${e?o`<h3 class="offscreen"><${d} text=${a} /></h3>`:o`<h3 class="speaker"><${d}
            text=${a} /></h3>`}
        <div class="bubble">${t.content===null||t.content===void 0?o`<p class="faint">${t.unreadable?"The payload could not be read.":"No text"}</p>`:o`<${gt}
                text=${t.content} />`}</div>
        <p class="meta">${U(t.at,dt)}<${N} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${N}>
            ${t.edited&&o`<${Nn} edited=${t.edited} />`}
            ${t.removed&&o`<${m} title="A later snapshot of the conversation lacks it">removed in <${N}
                seq=${t.removed.seq} /></${m}>`}
            ${t.derived&&o`<${m}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}</p>
    </article>`}var as=({fields:t})=>o`<${K} class="captured"
    rows=${Object.entries(t).filter(([,e])=>!$e(e)).map(([e,s])=>[o`<${d} text=${yt(e)} />`,e==="id"&&typeof s=="string"?o`<${Q} id=${s} />`:o`<${d} text=${wt(s)} />`])} />`;function In({item:t}){return o`<article class="happened ${t.reason||t.fields||t.visitor?"tells":""}"
        id=${`event-${t.seq}`}>
        <h3><${J} type=${t.type} /></h3>
        <p class="meta">${U(t.at,dt)}<${N} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${N}>
            ${t.derived&&o`<${m}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}
            ${t.erased_at&&o`<${m}>erased</${m}>`}
            ${t.unreadable&&o`<${m} kind="bad">unreadable</${m}>`}
            ${t.warnings?.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
                ${L(t.warnings.length,"warning")}</${m}>`}</p>
        ${t.reason&&o`<${gt} class="reason" text=${t.reason} />`}
        ${t.fields&&o`<${as} fields=${t.fields} />`}
        ${t.visitor&&o`<${as} fields=${t.visitor} />`}
    </article>`}var Yt=class extends Ft{constructor(e){super(e),this.state={drawn:e.first}}componentDidMount(){this.state.drawn||(this.cancel=this.props.drawer.add(this.element,()=>this.setState({drawn:!0})))}componentWillUnmount(){this.cancel?.()}shouldComponentUpdate(e,s){return s.drawn!==this.state.drawn||["chunk","zone","names"].some(n=>e[n]!==this.props[n])}render({chunk:e,names:s},{drawn:n}){return n?o`<div class="chunk">${e.rows.map(({item:a,day:r,goesOn:i},l)=>o`
            ${r&&o`<h2 class="day" key=${`day ${l}`}><span>${U(r,vt)}</span></h2>`}
            ${a.kind==="message"?o`<${Dn} key=${l} item=${a} goesOn=${i} names=${s} />`:o`<${In} key=${l} item=${a} />`}`)}</div>`:o`<div class="chunk undrawn" ref=${a=>{this.element=a??this.element}} />`}};var rs=3,Pn=3;function Fn({conversation:t}){return o`<${K} class="about" rows=${[["Conversation",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R}
            text=${t.id} what="the conversation’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d}
            text=${t.agent_name||t.agent_id} />`],[t.lead_ids.length>1?"Leads":"Lead",t.lead_ids.length>0&&o`<span class="ids">
            ${t.lead_ids.map(e=>o`<${Q} key=${e} id=${e} />`)}</span>`],["Began",t.first_at&&o`<${k} at=${t.first_at} />`],["Last",t.last_at&&o`<${k} at=${t.last_at} />`],["Holds",o`${L(t.messages,"message")}, <a
            href=${`/trail?${new URLSearchParams({conversation:t.id})}`}>
            ${L(t.events,"event")}</a>`]]} />`}function jn(t,e){let s=b(!1),[n,a]=h(!1),r=()=>{if(!t.current)return;let{scrollTop:c,clientHeight:u,scrollHeight:$}=t.current;s.current=$-c-u<80,s.current&&a(!1)},i=(c=rs)=>{t.current&&(t.current.scrollTop=t.current.scrollHeight,c>0?requestAnimationFrame(()=>i(c-1)):r())},l=(c=rs)=>requestAnimationFrame(()=>c>0?l(c-1):r());return f(()=>{l()},[e.whole]),G(()=>{e.news&&(s.current?i():a(!0))},[e.news]),{fresh:n,look:r,toEnd:i}}function zn(t,{whole:e},s){f(()=>{!e||!/^#event-\d+$/.test(t)||s.all().then(()=>{let n=document.getElementById(t.slice(1));n?.scrollIntoView({block:"center"}),n?.classList.add("target")})},[t,e])}var is={live:"Live",lost:"Reconnecting …"};function ls({where:t}){let{id:e}=t,s=b(),n=b([]),a=P(()=>new Gt,[e]);f(()=>()=>a.close(),[a]);let r=ns(e),i=os(e,r),l=B(Z),{fresh:c,look:u,toEnd:$}=jn(s,r);zn(t.hash,r,a),f(()=>{C("Conversation",e)},[e]),D({Escape:()=>rt("/conversations")});let{conversation:p,items:v,error:S,whole:I}=r;n.current=Je(v,n.current);let{assistant:V,visitor:at}=Ze(p,v),ct=P(()=>({assistant:V,visitor:at}),[V,at]),Et=S?.status===404||S?.status===410;return o`<div class="view scroll conversation" ref=${s} onScroll=${u} tabindex="0" role="region"
        aria-label="Conversation">
        <${y} title="Conversation" lead=${o`<a class="up" href="/conversations">Conversations</a>`}>
            ${p&&o`
                ${I&&is[i]&&o`<span class="live is-${i}"><span class="pulse" aria-hidden="true"></span>
                    ${is[i]}</span>`}
                <${R} text=${()=>location.origin+x.conversation(e)} label="Copy link" class="" />
                <${R} text=${()=>es(v,ct)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!I} onClick=${()=>a.all().then(()=>print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${()=>$()}><${T}
                    name="down" /></button>`}
        </${y}>
        ${Et&&o`<${g}
            title=${S.status===410?"This conversation was erased":"There is no such conversation"}>
            <p>${S.detail}</p><p class="id"><${d} text=${e} /></p></${g}>`}
        ${S&&!Et&&o`<${j} error=${S} retry=${r.reload} />`}
        ${!p&&!S&&o`<${pt} lines=${12} />`}
        ${p&&o`<${Fn} conversation=${p} />
            <div class="timeline" data-testid="timeline">${n.current.map((ne,M)=>o`<${Yt} key=${M}
                chunk=${ne} names=${ct} zone=${l} drawer=${a} first=${M<Pn} />`)}</div>
            ${!I&&!S&&o`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${r.news?"New in this conversation":""}</p>
            ${c&&o`<div class="to-end"><button type="button" class="pill" onClick=${()=>$()}>New below<${T}
                name="down" /></button></div>`}`}
    </div>`}var ve=["type","agent","conversation","lead","visitor","since","until","after","before","order"];function Nt(t,e){let s=new URLSearchParams(t);return Object.fromEntries(e.filter(n=>s.get(n)).map(n=>[n,s.get(n)]))}var me=[["","Any time"],["1h","Last hour"],["24h","Last 24 hours"],["7d","Last 7 days"],["30d","Last 30 days"]],Hn=(t,e)=>z(t.pathname+Tt(e)),Wn=async t=>{let e={...t,params:{limit:200}},[s,n]=await Promise.all([w("/v1/stats",t),w("/v1/agents",e)]);return{types:s.types.map(({type:a})=>a).filter(Boolean),agents:n.agents}};function Bn({value:t,types:e,set:s}){let n=new Set((t??"").split(",").filter(Boolean)),a=l=>{n.delete(l)||n.add(l),s([...n].join(","))},r=n.size===0?"Type":n.size===1?o`<${d}
        text=${W([...n][0])} />`:`${n.size} types`,i=[...new Set([...e,...n])].sort();return o`<${nt} label=${r} active=${n.size>0}>${()=>o`<fieldset><legend
        class="offscreen">Types</legend>
        ${i.map(l=>o`<label class="option ${zt(l)}" key=${l}>
            <input type="checkbox" checked=${n.has(l)} onChange=${()=>a(l)} />
            <span class="dot" aria-hidden="true"></span><${d} text=${W(l)} /></label>`)}
        ${i.length===0&&o`<p class="faint">No events yet</p>`}</fieldset>`}</${nt}>`}function Un({value:t,agents:e,set:s}){let n=e.find(({id:i})=>i===t),a=t?o`<${d} text=${n?.name||t} />`:"Agent",r=(i,l,c)=>o`<label class="option" key=${i}>
        <input type="radio" name="agent" checked=${(t??"")===i} onChange=${()=>s(i)} onClick=${c} /><${d}
            text=${l} /></label>`;return o`<${nt} label=${a} active=${!!t}>${()=>o`<fieldset><legend class="offscreen">Agent</legend>
        ${r("","Any agent")}${e.map(({id:i,name:l})=>r(i,l||i))}</fieldset>`}</${nt}>`}var cs=t=>/^\d{4}-\d{2}-\d{2}$/.test(t??"");function Kn({since:t,until:e}){let s=n=>me.find(([a])=>a===n)?.[1]??(cs(n)||/^\d+\w$/.test(n)?n:F(n));return t&&e?`${s(t)} to ${s(e)}`:t?me.some(([n])=>n===t)?s(t):`Since ${s(t)}`:e?`Until ${s(e)}`:"Time"}function Vn({filters:t,set:e}){let{since:s,until:n}=t,a=(r,i)=>o`<label class="field">${i}
        <input type="date" value=${cs(t[r])?t[r]:""}
            onChange=${l=>e({[r]:l.target.value})} /></label>`;return o`<${nt} label=${o`<${d} text=${Kn(t)} />`} active=${!!(s||n)}>
        ${()=>o`
        <fieldset><legend class="offscreen">Time received</legend>
        ${me.map(([r,i])=>o`<label class="option" key=${r}><input type="radio" name="period"
            checked=${(s??"")===r&&!n} onChange=${()=>e({since:r,until:""})} />${i}</label>`)}
        <div class="fields">${a("since","From")}${a("until","Before")}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${nt}>`}var ge=[["conversation","Conversation"],["lead","Lead"],["visitor","Visitor"],["after","After event"],["before","Before event"]];function Gn({filters:t,set:e,names:s}){let n=b(),a=ge.filter(([i])=>s.includes(i)),r=i=>l=>{l.preventDefault();let c=Object.fromEntries(new FormData(n.current));i(),e(c)};return o`<${nt} label="More" class="last">${i=>o`<form key=${Tt(t)} ref=${n}
        onSubmit=${r(i)}>
        ${a.map(([l,c])=>o`<label class="field" key=${l}>${c}
            <input name=${l} defaultValue=${t[l]??""} maxlength="256" autocomplete="off" spellcheck="false"
                ...${l==="after"||l==="before"?{inputmode:"numeric",pattern:"[0-9]*"}:{}} /></label>`)}
        ${s.includes("order")&&o`<label class="field">Order
            <select name="order" defaultValue=${t.order??""}>
                <option value="" selected=${t.order!=="asc"}>Newest first</option>
                <option value="asc" selected=${t.order==="asc"}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${nt}>`}function Yn({filters:t,set:e}){let s=[...ge,["email","Email"]].filter(([n])=>t[n]);return o`${s.map(([n,a])=>o`<span class="chip on" key=${n}>
        <span class="chip-text">${a} <${d} text=${t[n]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${a}`} onClick=${()=>e({[n]:""})}>
            <${T} name="close" /></button>
    </span>`)}
    ${t.order==="asc"&&o`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${()=>e({order:""})}><${T}
            name="close" /></button></span>`}`}function it({where:t,names:e,children:s}){let n=Nt(t.search,[...e,"email"]),[a,r]=h(!1),{data:i}=q(async p=>a?Wn(p):null,a),l=p=>Hn(t,{...n,...p}),{types:c=[],agents:u=[]}=i??{},$=Object.keys(n).length>0;return o`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${()=>r(!0)}
        onFocusIn=${()=>r(!0)}>
        ${e.includes("type")&&o`<${Bn} value=${n.type} types=${c} set=${p=>l({type:p})} />`}
        ${e.includes("agent")&&o`<${Un} value=${n.agent} agents=${u}
            set=${p=>l({agent:p})} />`}
        ${e.includes("since")&&o`<${Vn} filters=${n} set=${l} />`}
        ${ge.some(([p])=>e.includes(p))&&o`<${Gn} filters=${n} set=${l} names=${e} />`}
        <${Yn} filters=${n} set=${l} />
        ${$&&o`<button type="button" class="quiet" onClick=${()=>z(t.pathname)}>Clear</button>`}
        ${s}
    </div>`}var ds=12,Xt=8,Xn=60,Zt=matchMedia("(max-width: 760px)"),be=class extends Ft{shouldComponentUpdate(e){let{item:s,index:n,top:a,zone:r}=this.props;return e.item!==s||e.index!==n||e.top!==a||e.zone!==r}render({item:e,index:s,draw:n,top:a}){let r={top:`${a}px`};return e?o`<div class="row" role="row" style=${r} aria-rowindex=${s+2} data-index=${s}>
            ${n(e)}</div>`:o`<div class="row blank" role="row" style=${r} aria-rowindex=${s+2}><span role="cell"
            class="bone"></span></div>`}};function Zn(){let[t,e]=h(Zt.matches);return f(()=>{let s=()=>e(Zt.matches);return Zt.addEventListener("change",s),()=>Zt.removeEventListener("change",s)},[]),t}var Jn=(t,e)=>t?.seq??`at ${e}`,us=(t,e,s,n)=>{let a=Math.floor((t/s-ds)/Xt)*Xt,r=Math.ceil(((t+e)/s+ds)/Xt)*Xt;return[Math.max(0,Math.min(a,n)),Math.min(Math.max(r,0),n)]};function Qn(t,e,s){let n=b(-1),a=()=>{let l=document.activeElement?.closest?.("[data-index]");return l&&t.current.contains(l)?Number(l.dataset.index):-1},r=()=>{let l=t.current?.querySelector(`[data-index="${n.current}"] a`);l&&(n.current=-1,l.focus({preventScroll:!0}))},i=l=>{let c=t.current,u=a(),$=u<0?Math.ceil(c.scrollTop/e):Math.max(0,Math.min(s-1,u+l));n.current=$;let p=$*e,v=c.clientHeight-c.firstElementChild.offsetHeight;p<c.scrollTop?c.scrollTop=p:p+e>c.scrollTop+v&&(c.scrollTop=p+e-v),r()};D({j:()=>i(1),k:()=>i(-1)}),G(()=>{n.current>=0&&r()})}function to(t){if(t.target.closest("a, button")||String(getSelection()))return;t.target.closest(".row")?.querySelector(".row-link")?.dispatchEvent(new MouseEvent("click",t))}function lt({pages:t,label:e,columns:s,draw:n,place:a,empty:r,rows:[i,l]=[40,62],onTop:c,class:u=""}){let $=b(),p=B(Z),v=Zn()?l:i,[S,I]=h({top:a?.top??0,height:900}),[V,at]=us(S.top,S.height,v,t.count);Qn($,v,t.count);let ct=()=>{let{scrollTop:M,clientHeight:Ee}=$.current;a&&(a.top=M),c?.(M<v/2);let Se=us(M,Ee,v,t.count);(Se[0]!==V||Se[1]!==at)&&I({top:M,height:Ee})};G(()=>{$.current.scrollTop=a?.top??0;let M=new ResizeObserver(ct);return M.observe($.current),()=>M.disconnect()},[t]),G(()=>{t.shift&&($.current.scrollTop-=t.shift*v,t.shift=0,ct())}),f(()=>t.want(V,at+Xn));let Et=[];for(let M=V;M<at;M++)Et.push(o`<${be} key=${Jn(t.row(M),M)} item=${t.row(M)} index=${M} top=${M*v} draw=${n}
            zone=${p} />`);let ne=t.atEnd&&t.count===0;return o`<div class="list ${u}" role="table" aria-label=${e} aria-rowcount=${t.atEnd?t.count+1:-1}
            ref=${$} onScroll=${ct} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${s.map(M=>o`<span role="columnheader" class="cell-${M.key}">
                ${M.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{height:`${t.count*v}px`}} onClick=${to}>
            ${Et}</div>
        <${eo} pages=${t} none=${ne} empty=${r} />
    </div>`}function eo({pages:t,none:e,empty:s}){return t.error?o`<div class="list-foot fault" role="rowgroup"><div role="row"><div role="cell">
            <${j} error=${t.error} retry=${()=>t.retry()} /></div></div></div>`:e?o`<div class="list-foot">${s??o`<${g} title="Nothing here" />`}</div>`:t.atEnd?o`<div class="list-foot end" />`:o`<div class="list-foot">${t.count===0?o`<${pt} lines=${10} />`:o`<span
        class="faint">Loading …</span>`}</div>`}function Jt(t,e){let[,s]=h(0),n=b({});n.current.key!==e&&(n.current.pages?.close(),n.current={key:e,pages:t()},n.current.pages.reopen());let{pages:a}=n.current;return a.onChange=()=>s(r=>r+1),f(()=>X.watch(r=>{r&&n.current.pages.error&&n.current.pages.retry()}),[]),f(()=>()=>n.current.pages.close(),[]),a}var kt=class{constructor(e,s){this.fetchPage=e,this.onChange=s??(()=>{}),this.pages=[],this.next=void 0,this.count=0,this.dropped=0,this.error=null,this.abort=new AbortController,this.loading=!1}get atEnd(){return this.next===null}close(){this.abort.abort()}reopen(){this.abort.signal.aborted&&(this.abort=new AbortController),this.loading=!1;for(let e of this.pages)e.loading=!1}find(e){let s=0,n=this.pages.length-1;for(;s<n;){let a=s+n+1>>1;this.pages[a].start<=e?s=a:n=a-1}return s}row(e){let s=this.pages[this.find(e)];return s?.rows?.[e-s.start]}want(e,s){if(this.count>0){let n=this.find(Math.max(0,e)),a=this.find(Math.min(this.count-1,s));for(let r=n;r<=a;r++)this.refill(this.pages[r]);this.trim(n+a>>1)}s>=this.count&&!this.atEnd&&!this.error&&this.more()}trim(e){this.pages.forEach((n,a)=>{Math.abs(a-e)<=12||!n.rows||(n.top=n.rows[0],n.rows=null)})}async more(){if(this.loading)return;this.loading=!0,this.error=null;let{signal:e}=this.abort;try{let s=this.next,{rows:n,next:a}=await this.fetchPage({cursor:s,signal:e});if(e.aborted)return;n.length&&this.pages.push({start:this.count,count:n.length,cursor:s,rows:n}),this.count+=n.length,this.next=a,this.shed()}catch(s){if(e.aborted)return;this.error=s}this.loading=!1,this.onChange()}async refill(e){if(e.rows||e.loading||this.error)return;e.loading=!0;let{signal:s}=this.abort;try{let{rows:n}=await this.fetchPage({cursor:e.cursor,page:e,signal:s});if(s.aborted)return;e.rows=n,n.length!==e.count&&(e.count=n.length,this.renumber())}catch(n){if(s.aborted)return;this.error=n}e.loading=!1,this.onChange()}retry(){this.error=null,this.onChange(),this.count||this.more()}prepend(e,s){let n=this.pages[0];n?.live&&n.rows&&n.count+e.length<=s?(n.rows=[...e,...n.rows],n.count=n.rows.length):this.pages.unshift({start:0,count:e.length,rows:e,live:!0}),this.renumber(),this.shedTail(),this.onChange()}shedTail(){for(;this.count>15e4;){let e=this.pages.pop();this.next={from:e.rows?.[0]??e.top},this.count-=e.count}}shed(){if(this.count<=15e4)return;let s=this.pages.splice(0,this.pages.length>>1).reduce((n,a)=>n+a.count,0);this.dropped+=s,this.shift=(this.shift??0)+s,this.renumber()}renumber(){let e=0;for(let s of this.pages)s.start=e,e+=s.count;this.count=e}};var $s=["type","agent","lead","visitor","since","until"],so=[["at","Last activity"],["conversation","Conversation"],["agent","Agent"],["lead","Lead"],["count","Events"]].map(([t,e])=>({key:t,name:e})),no=100;function Dt(t,e,s,n){let a=Nt(t.search,n),[r,i]=h(0),l=`${t.key} ${t.pathname}${t.search}`,c=()=>new kt(async({cursor:v,signal:S})=>{let I=await w(e,{params:{...a,cursor:v,limit:a.email?void 0:no},signal:S});return{rows:I[s],next:I.next}}),$=Jt(()=>{let v=Mt(l)??{place:{top:0},pages:c()};return Ct(l,v),v.pages},`${l} ${r}`),p=async()=>{let v=c();if(await v.more(),v.error)throw v.error;Ct(l,{place:{top:0},pages:v}),i(S=>S+1)};return{pages:$,filters:a,place:Mt(l).place,refresh:p}}var oo=t=>o`
    <span role="cell" class="cell-at">${U(t.last_at,F)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${x.conversation(t.id)}><${d}
        text=${t.id} /></a></span>
    <span role="cell" class="cell-agent">${(t.agent_name||t.agent_id)&&o`<${d}
        text=${t.agent_name||t.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_ids.slice(0,2).map(e=>o`<${Q} key=${e}
        id=${e} />`)}
        ${t.lead_ids.length>2&&o`<span class="faint">+${t.lead_ids.length-2}</span>`}</span>
    <span role="cell" class="cell-count">${E(t.events)}<span
        class="unit"> ${t.events===1?"event":"events"}</span></span>`;function ps({where:t}){let{pages:e,place:s}=Dt(t,"/v1/conversations","conversations",$s);return f(()=>{C("Conversations")},[]),o`<div class="view fill"><${y} title="Conversations" />
        <${it} where=${t} names=${$s} />
        <div class="list-frame"><${lt} pages=${e} label="Conversations" columns=${so} draw=${oo} place=${s}
            class="conversations"
            empty=${o`<${g} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${g}>`} /></div></div>`}var ao=4,ro=50,we=100,hs=3e3;function io({node:t}){let[e,s]=h(!1),{raw:n,kind:a}=t;return n.length<=hs||e?o`<${d} class="json-${a}" text=${n} />`:o`<${d} class="json-${a}" text=${n.slice(0,hs)} />… <button type="button" class="quiet small"
        onClick=${()=>s(!0)}>
        show all ${L(n.length,"character")}</button>`}var fs=({text:t})=>t!==null&&o`<${d} class="json-key" text=${t} /><span class="json-mark">: </span>`;function lo({node:t,label:e,depth:s}){let{items:n,kind:a}=t,[r,i]=h(s<ao&&(s===0||n.length<=ro)),[l,c]=h(we),[u,$]=a==="object"?"{}":"[]",p=a==="object"?L(n.length,"member"):L(n.length,"item"),v=n.length-l;return o`<button type="button" class="fold" aria-expanded=${r} onClick=${()=>i(!r)}>
            <span class="fold-mark" aria-hidden="true"></span><${fs} text=${e} /><span class="json-mark">${u}</span>
                ${!r&&o`<span class="faint"> ${p} </span><span class="json-mark">${$}</span>`}</button>
        ${r&&o`<ul>${n.slice(0,l).map((S,I)=>o`<li key=${I}><${ms} label=${S.key}
            node=${S.node} depth=${s+1} /></li>`)}
            ${v>0&&o`<li><button type="button" class="quiet small" onClick=${()=>c(l+10*we)}>
                show ${Math.min(v,10*we)} of ${L(v,"more","more")}</button></li>`}</ul>
            <span class="json-mark json-end">${$}</span>`}`}function ms({label:t,node:e,depth:s}){return e.items?.length?o`<${lo} node=${e} label=${t} depth=${s} />`:o`<span class="leaf"><${fs} text=${t} />${e.items?e.kind==="object"?"{}":"[]":o`
        <${io} node=${e} />`}</span>`}var vs=({node:t})=>o`<div class="json"><${ms} node=${t} label=${null} depth=${0} /></div>`;var co=(t,e)=>t&&o`<span class="with-copy"><${d} text=${t} /><${R} text=${t}
    what=${e} class="quiet small" /></span>`,gs=(t,e)=>o`<a href=${`/trail?${new URLSearchParams({[t]:e})}`}><${d} text=${e} /></a>`;function uo({event:t}){let{agent_id:e,agent_name:s,conversation_id:n,lead_id:a,visitor_id:r}=t;return o`<${K} rows=${[["Received",o`<${k} at=${t.received_at} />`],["Occurred",t.occurred_at&&o`<${k} at=${t.occurred_at} />`],["Agent",e&&o`${s&&o`<${d} text=${s} /> `}<span class="id">
            ${gs("agent",e)}</span>`],["Conversation",n&&o`<span class="with-copy"><a class="id"
            href=${`${x.conversation(n)}#event-${t.seq}`}>
            <${d} text=${n} /></a>${t.derived&&o` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${R} text=${n} what="the conversation’s id" class="quiet small" /></span>`],["Lead",a&&o`<span class="with-copy"><${Q} id=${a} /><${R} text=${a} what="the lead’s id"
            class="quiet small" /></span>`],["Visitor",r&&o`<span class="id">${gs("visitor",r)}</span>`],["Endpoint",t.endpoint&&o`<${d} text=${t.endpoint} />`],["Erased",t.erased_at&&o`<${k} at=${t.erased_at} />`],["Size",`${st(t.size)}${t.size>=1024?` (${E(t.size)} bytes)`:""}`],["SHA-256",t.sha256&&o`<span class="mono">${co(t.sha256,"the digest")}</span>`],["Warnings",t.warnings.length>0&&o`<ul class="plain-list">${t.warnings.map(i=>o`<li
            class="warn-text"><${d} text=${i} /></li>`)}</ul>`]]} />`}function $o({event:t}){let{received:e}=t;return o`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
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
        ${t.received_more&&o`<p class="faint">There were more deliveries than are listed.</p>`}</section>`}function po(t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{return null}}function ho(t){try{return t===null?null:Ce(t)}catch{return null}}var bs=2e5;function fo({text:t}){let[e,s]=h(!1),n=!e&&t.length>bs;return o`<pre class="raw" tabindex="0" dir="ltr"><${d} lines text=${n?t.slice(0,bs):t} /></pre>
        ${n&&o`<button type="button"
            onClick=${()=>s(!0)}>Show all ${L(t.length,"character")}</button>`}`}function mo({seq:t}){let e=`/v1/events/${A(t)}/payload`,s=q(c=>w(e,{...c,as:"bytes"}),e),[n,a]=h(!1),r=P(()=>s.data&&po(s.data),[s.data]),i=P(()=>ho(r||null),[r]),l=i&&!n?()=>Me(i):r;return o`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${i&&o`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!n} onClick=${()=>a(!1)}>Pretty</button>
                <button type="button" aria-pressed=${n} onClick=${()=>a(!0)}>Raw</button></div>`}
            ${r&&o`<${R} text=${l} what="the payload" class="" />`}
            <a class="button" href=${e} download=${`event-${t}.json`}>Download</a>
        </div></div>
        <div class="paper">${s.error?.status===410?o`<p class="faint">${s.error.detail}</p>`:o`<${_}
            of=${s} lines=${10}>${()=>r===null?o`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`:i&&!n?o`<${vs} node=${i} />`:o`<${fo} text=${r} />`}</${_}>`}</div></section>`}function ws({seq:t,words:e="that it is in the trail, unchanged"}){let s=`/v1/events/${A(t)}/proof`,[n,a]=h(!1);return o`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">${e}</span></h2>
        ${!n&&o`<div class="acts"><button type="button" onClick=${()=>a(!0)}>Show</button></div>`}</div>
        ${n&&o`<${vo} path=${s} seq=${t} />`}</section>`}function vo({path:t,seq:e}){let s=q(n=>w(t,{...n,as:"text"}),t);return s.error?.status===404?o`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${s.reload}>Look again</button></p>`:o`<${_} of=${s} lines=${5}>${n=>o`<div class="paper">
        <pre class="raw" tabindex="0">${n}</pre>
        <p class="acts"><${R} text=${n} what="the proof" class="" /><a class="button" href=${t}
            download=${`${e}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${_}>`}var go=({seq:t,error:e})=>o`<${g} title=${o`Event <span class="number"><${d} text=${t} /></span> was erased`}>
    <p><${d} text=${e.detail} /></p></${g}>
    <${ws} key=${t} seq=${t} words="that it was taken into the trail" />`,bo=t=>/^[1-9][0-9]{0,15}$/.test(t);function ys({where:t}){let e=t.id,s=q(a=>w(`/v1/events/${A(e)}`,a),e);f(()=>{C("Event",e)},[e]),D({Escape:()=>rt("/trail")});let n=(a,r,i)=>bo(e)&&Number(e)+a>0&&o`<a class="button square"
        href=${x.event(Number(e)+a)}
        aria-label=${r} title=${r}><span class=${i}><${T} name="right" /></span></a>`;return o`<div class="view scroll"><${y} title=${o`Event <span class="number"><${d} text=${e} /></span>`}
            lead=${o`<a class="up" href="/trail">Trail</a>`}>
            ${n(-1,"The event before","flip")}${n(1,"The event after","")}</${y}>
        ${s.error?.status===404?o`<${g} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${g}>`:s.error?.status===410?o`<${go} seq=${e}
            error=${s.error} />`:o`
        <${_} of=${s}>${a=>o`
            <p class="lead-line"><${J} type=${a.type} /> <span class="faint">
                ${W(a.type)===a.type?"":a.type}</span></p>
            <${uo} event=${a} />
            ${!a.erased_at&&o`<${mo} key=${e} seq=${e} />`}
            <${$o} event=${a} />
            <${ws} key=${e} seq=${e} />`}</${_}>`}</div>`}var wo=1e3,yo=10;async function ks(t,e,s){let n=s;for(let a=yo;a>0&&n?.next!==null;a--){let r=await w(`/v1/leads/${A(t)}`,{...e,params:{limit:wo,cursor:n?.next}});n={...r,...n,events:[...n?.events??[],...r.events],next:r.next}}return n}var ko=({seq:t,type:e,conversation_id:s,occurred_at:n,received_at:a})=>({seq:t,at:n??a,type:e,conversation:s,changes:[]});function xo({changes:t,events:e,escalations:s,intents:n}){let a=new Map(e.map(r=>[r.seq,ko(r)]));for(let r of t)a.get(r.seq)?.changes.push(r);for(let{seq:r,reason:i}of[...s,...n])a.has(r)&&(a.get(r).reason=i);return[...a.values()].sort((r,i)=>Date.parse(i.at)-Date.parse(r.at)||i.seq-r.seq)}var xs=({value:t})=>t==null?o`<span class="faint">nothing</span>`:o`<${d}
    text=${wt(t)} />`,Eo=({change:t})=>o`<li><span class="faint"><${d} text=${yt(t.field)} /></span>
    ${t.from!==null&&o`<del><${xs} value=${t.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${xs} value=${t.to} /></ins></li>`;function So({entry:t,several:e}){return o`<li class="entry"><div class="entry-head"><${J} type=${t.type} />
            <p class="meta"><${k} at=${t.at} show=${dt} /><${N} seq=${t.seq}><span
                class="offscreen">event </span>#${t.seq}</${N}>
            ${e&&t.conversation&&o`<${$t} id=${t.conversation} />`}</p></div>
        ${t.reason&&o`<${gt} class="reason" text=${t.reason} />`}
        ${t.changes.length>0&&o`<ul class="changes">${t.changes.map((s,n)=>o`<${Eo} key=${n}
            change=${s} />`)}</ul>`}</li>`}var Es=200,To=({history:t,more:e})=>o`<p class="notice">These are the first ${L(t.events.length,"event")}.
    <${H} act=${e}>Load newer events</${H}></p>`;function Co({history:t,more:e}){let s=P(()=>xo(t),[t]),[n,a]=h(Es),r=[];for(let l of s.slice(0,n)){let c=Lt(l.at);r.at(-1)?.key!==c&&r.push({key:c,at:l.at,entries:[]}),r.at(-1).entries.push(l)}let i=t.conversations.length>1;return o`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${t.next&&o`<${To} history=${t} more=${e} />`}
        ${r.map(l=>o`<div class="line-day" key=${l.key}><h3><${k} at=${l.at} show=${vt} /></h3>
            <ol class="line">${l.entries.map(c=>o`<${So} key=${c.seq} entry=${c}
                several=${i} />`)}</ol></div>`)}
        ${s.length>n&&o`<button type="button"
            onClick=${()=>a(n+5*Es)}>Show more of ${L(s.length,"event")}</button>`}
        ${t.changes_cut&&o`<p class="faint">There are more changes than are shown.</p>`}</section>`}function Mo({lead:t}){return o`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${K} rows=${[...Ge(t).map(([e,s])=>[o`<${d} text=${yt(e)} />`,o`<span class="with-copy"><${d} text=${wt(s)} /><${R} text=${wt(s)}
                what=${yt(e)} class="quiet small" /></span>`]),["Lead",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R} text=${t.id}
            what="the lead’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d} text=${t.agent_name||t.agent_id} />`],["First seen",o`<${k} at=${t.first_at} />`],["Last seen",o`<${k} at=${t.last_at} />`],["Events",o`<a href=${`/trail?${new URLSearchParams({lead:t.id})}`}>${L(t.events,"event")}</a>`]]} />${t.profile_cut&&o`<p class="faint">The profile is larger than what is shown.</p>`}</section>`}function Lo({history:t}){let{conversations:e}=t;return e.length===0?null:o`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${e.length}${t.conversations_cut?"+":""}</span></h2>
        <ul class="talks">${e.map(s=>o`<li key=${s.id}><${$t} id=${s.id} />
            <span class="faint"><${k} at=${s.first_at} show=${F} /> to <${k} at=${s.last_at}
                show=${F} />, ${L(s.events,"event")}</span></li>`)}</ul></section>`}function Ss({where:t}){let{id:e}=t,s=q(i=>ks(e,i),e);f(()=>{C("Lead",e)},[e]),D({Escape:()=>rt("/leads")});let n=async()=>{s.replace(await ks(e,{},s.data))},a=s.error?.status===404||s.error?.status===410,r=s.data&&ot(s.data.lead);return o`<div class="view scroll lead"><${y} title=${r?o`<${d} text=${r} />`:"Lead"} lead=${o`<a
        class="up" href="/leads">Leads</a>`} />
        ${a?o`<${g} title=${s.error.status===410?"This lead was erased":"There is no such lead"}><p>
            ${s.error.detail}</p></${g}>`:o`
        <${_} of=${s} lines=${12}>${i=>o`<div class="columns">
            <div class="column-side"><${Mo} lead=${i.lead} /><${Lo} history=${i} /></div>
            <div class="column-main"><${Co} history=${i} more=${n} /></div></div>`}</${_}>`}</div>`}var Ts=["agent","conversation","visitor","since","until","email"],_o=[["at","Last activity"],["name","Lead"],["email","Email"],["company","Company"],["count","Conversations"]].map(([t,e])=>({key:t,name:e})),Cs=t=>typeof t=="string"&&t!==""&&o`<${d} text=${t} />`,Ao=t=>o`
    <span role="cell" class="cell-at">${U(t.last_at,F)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${x.lead(t.id)}>${ot(t.profile)?o`<${d} text=${ot(t.profile)} />`:o`<span class="id"><${d}
            text=${t.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${Cs(t.profile?.email)}</span>
    <span role="cell" class="cell-company">${Cs(t.profile?.company)}</span>
    <span role="cell" class="cell-count">${E(t.conversations)}${t.conversations_more&&"+"}<span
        class="unit"> ${t.conversations===1?"conversation":"conversations"}</span></span>`;function Ms({where:t}){let{pages:e,filters:s,place:n}=Dt(t,"/v1/leads","leads",Ts);return f(()=>{C("Leads")},[]),o`<div class="view fill"><${y} title="Leads" />
        <${it} where=${t} names=${Ts.filter(a=>a!=="email")} />
        <div class="list-frame"><${lt} pages=${e} label="Leads" columns=${_o} draw=${Ao} place=${n}
            class="leads"
            empty=${o`<${g} title="No leads">${s.email?o`<p>Nobody ever had this address.</p>`:o`
                <p>They appear here when contact details are captured.</p>`}</${g}>`} /></div></div>`}var ye=864e5,Ls=[7,30,90],Ro=5e3,qo=1e3,_s=5,Pt=t=>new Date(t).toISOString().slice(0,10),Qt=t=>t.catch(e=>{if(e.name==="AbortError")throw e;return null}),Oo=t=>Pt(Date.now()-(t-1)*ye);async function No(t,e){let s=Oo(t),n=(l,c)=>w(l,{...e,params:c}),[a,r,i]=await Promise.all([n("/v1/stats",{since:s}),Qt(n("/v1/health")),Qt(n("/v1/events",{limit:1}))]);return{stats:a,health:r,newest:i,since:s,range:t}}async function Do(t){let e=Pt(Date.now()),s=(c,u)=>Qt(w(c,{...t,params:u})),[n,a,r,i,l]=await Promise.all([s("/v1/conversations",{since:e,limit:qo}),s("/v1/rejected",{limit:_s}),s("/v1/exports"),Qt(w("/log/checkpoint",{...t,as:"text"})),s("/v1/events",{type:"session-escalated",limit:_s})]);return{today:e,conversations:n,rejected:a,exports:r,checkpoint:i,escalations:l}}function Io(t,e){let s=new Map(t.days.map(a=>[a.day,a])),n=Date.now();return Array.from({length:e},(a,r)=>{let i=Pt(n-(e-1-r)*ye),{events:l=0,types:c}=s.get(i)??{};return{day:i,events:l,types:{__proto__:null,...c}}})}var It=(t,e)=>t.reduce((s,n)=>s+(n.types[e]??0),0),xt=({words:t,value:e,href:s,note:n})=>o`<li class="tile"><a href=${s}><span class="tile-words">${t}</span>
    <span class="tile-value">${e}</span><span class="tile-note">${n}</span></a></li>`;function Po({data:t,days:e}){let{stats:s,conversations:n,since:a,range:r}=t,i=t.today??Pt(Date.now()),l=n?`${E(n.conversations.length)}${n.next?"+":""}`:"…",c=`in ${r} days`,u=p=>`/trail?${new URLSearchParams({type:p,since:a})}`,$=s.totals.rejected;return o`<ul class="tiles">
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
    </ul>`}function Fo(t){let[e,s]=h(null);return f(()=>{import("./chart-VMTURXQS.js").then(n=>s(()=>n.Chart),()=>{})},[]),e?o`<${e} ...${t} />`:o`<div class="chart" />`}function jo({days:t,types:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${e.map(s=>o`<th scope="col" key=${s}><${d} text=${W(s)} /></th>`)}</tr></thead>
        <tbody>${t.toReversed().map(s=>o`<tr key=${s.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({since:s.day,until:Pt(Date.parse(s.day)+ye)})}`}>
            ${s.day}</a></th>
            <td>${E(s.events)}</td>${e.map(n=>o`<td key=${n}>
                ${E(s.types[n]??0)}</td>`)}</tr>`)}</tbody></table></div>`}var zo=t=>[...new Set(t.flatMap(e=>Object.keys(e.types)))].sort((e,s)=>It(t,s)-It(t,e));function Ho({data:t,days:e}){let[s,n]=h(new Set),[a,r]=h(!1),i=P(()=>zo(e),[e]),l=P(()=>i.filter(u=>!s.has(u)),[i,s]),c=u=>n($=>{let p=new Set($);return p.delete(u)||p.add(u),p});return o`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!a}
            onClick=${()=>r(!1)}>Chart</button>
            <button type="button" aria-pressed=${a} onClick=${()=>r(!0)}>Table</button></div></div>
        ${a?o`<${jo} days=${e} types=${i} />`:o`<${Fo} days=${e} types=${l} />
            <ul class="legend">${i.map(u=>o`<li key=${u}><button type="button"
                class="quiet small ${zt(u)}" aria-pressed=${!s.has(u)}
                onClick=${()=>c(u)}><span class="dot" aria-hidden="true"></span><${d}
                    text=${W(u)} /></button></li>`)}</ul>`}
        ${t.stats.totals.events===0&&o`<p class="faint">No events in this time.</p>`}</section>`}var As=()=>o`<${m} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${T}
    name="quiet" />quiet</${m}>`;function Wo({data:t}){let{health:e,stats:s}=t,n=new Map(s.types.map(r=>[r.type,r.events])),a=(e?.types??[]).toSorted((r,i)=>Date.parse(i.last_at)-Date.parse(r.last_at));return o`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${a.length===0&&o`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${a.map(r=>o`<li key=${r.type}><a
            href=${`/trail?${new URLSearchParams({type:r.type})}`}><${J} type=${r.type} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${As} />`}<span class="faint number">
                ${E(n.get(r.type)??0)}</span><${ut} at=${r.last_at} /></span></li>`)}</ul></section>`}function Bo({data:t}){let{health:e,stats:s}=t,n=new Map(s.agents.map(r=>[r.agent_id,r.events])),a=(e?.agents??[]).slice(0,8);return a.length===0?null:o`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${a.map(r=>o`<li key=${r.agent_id}><a
            href=${`/trail?${new URLSearchParams({agent:r.agent_id})}`}><${d}
            text=${r.agent_name||r.agent_id} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${As} />`}<span class="faint number">
                ${E(n.get(r.agent_id)??0)}</span><${ut}
                at=${r.last_at} /></span></li>`)}</ul></section>`}function Uo({data:t}){let e=t.escalations?.events??[];return e.length===0?null:o`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.seq}>${s.conversation_id?o`<${$t}
            id=${s.conversation_id} />`:o`<${N} seq=${s.seq}>Event ${s.seq}</${N}>`}<span class="rows-end"><${ut}
                at=${s.occurred_at??s.received_at} /></span></li>`)}</ul></section>`}function Ko({data:t}){let e=t.rejected?.rejected??[];return e.length===0?null:o`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.number}><a class="cut" href=${x.rejection(s.number)}>
            <${d} text=${s.detail||s.title} /></a>
            <span class="rows-end"><${m} kind="bad">${s.status}</${m}><${ut}
                at=${s.received_at} /></span></li>`)}</ul></section>`}function Vo(t){let[e,s,n]=(t??"").split(`
`);return/^\d+$/.test(s??"")?{origin:e,size:Number(s),root:n}:null}function Go({data:t}){let e=t.newest?.events[0],s=Vo(t.checkpoint),n=e&&s?e.seq-s.size:0;return o`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${K} rows=${[["Newest event",e?o`<${N} seq=${e.seq}>${E(e.seq)}</${N}> <${ut}
            class="faint" at=${e.received_at} />`:"none yet"],["Checkpoint",s?o`<${m} kind=${n>0?"":"good"}>
            ${n>0?`${E(n)} not signed yet`:"all signed"}</${m}> at ${E(s.size)}`:"none yet"],["Root",s&&o`<span class="mono"><${d} text=${s.root} /></span>`],["Log",s&&o`<span class="mono"><${d} text=${s.origin} /></span>`]]} /></section>`}function Yo({data:t}){let e=t.exports?.exports??[];return o`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${e.length===0&&o`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${e.map(s=>o`<li key=${s.name}><span><${d}
            text=${s.name} /> ${s.state!=="done"&&o`<${m} kind="warn">${s.state}</${m}>`}</span>
            <span class="rows-end">${s.behind>0?o`<span class="faint">
                ${L(s.behind,"event")} behind</span>`:o`<${m} kind="good">up to date</${m}>`}
            ${s.done_at?o`<${ut} at=${s.done_at} />`:o`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`}function Xo(t,e){let s=b();s.current=t,f(()=>{if(e===void 0)return;let n=null,a=()=>{n=null,Rt()&&s.current()},r=bt({after:e,onEvents:()=>{n??=setTimeout(a,Ro)}});return()=>{clearTimeout(n),r()}},[e===void 0])}function Rs({where:t}){let e=Number(new URLSearchParams(t.search).get("days")),s=Ls.includes(e)?e:30,n=q($=>No(s,$),`overview ${s}`,!0),a=q(Do,"rest"),{error:r}=n,i=n.data&&{...n.data,...a.data},l=()=>{n.reload(),a.reload()};Xo(l,i?.newest?i.newest.events[0]?.seq??0:void 0),f(()=>{C("Overview")},[]);let c=P(()=>n.data&&Io(n.data.stats,n.data.range),[n.data]),u=i&&i.newest?.events.length===0;return o`<div class="view scroll overview"><${y} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${Ls.map($=>o`<button type="button"
                key=${$} aria-pressed=${$===s}
                onClick=${()=>z(`/?days=${$}`,{replace:!0})}>${$} days</button>`)}</div></${y}>
        ${r&&o`<${j} error=${r} retry=${l} />`}
        ${!i&&!r&&o`<${pt} lines=${10} />`}
        ${u&&o`<${g} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${g}>`}
        ${i&&o`<${Po} data=${i} days=${c} />
            <${Ho} data=${i} days=${c} />
            <div class="cards"><${Wo} data=${i} /><${Bo} data=${i} /><${Uo} data=${i} />
                <${Ko} data=${i} />
                ${a.data&&o`<${Go} data=${i} /><${Yo} data=${i} />`}</div>
            <p class="faint asof">Since <${k} at=${i.since} show=${qe} />. <${k} at=${new Date().toISOString()}
                show=${$=>`As of ${F($)}`} /></p>`}
    </div>`}var qs=["since","until"],Zo=[["at","Received"],["status","Answer"],["reason","Reason"],["endpoint","Endpoint"],["size","Size"],["seq","Number"]].map(([t,e])=>({key:t,name:e})),Jo=t=>o`
    <span role="cell" class="cell-at">${U(t.received_at,F)}</span>
    <span role="cell" class="cell-status"><${m} kind="bad">${t.status}</${m}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${x.rejection(t.number)}><${d}
        text=${t.detail||t.title} /></a></span>
    <span role="cell" class="cell-endpoint">${t.endpoint&&o`<${d} text=${t.endpoint} />`}</span>
    <span role="cell" class="cell-size">${st(t.size)}</span>
    <span role="cell" class="cell-seq">${t.number}</span>`,Qo=3e4;function ta(t,e){let s=b();s.current=()=>{e.top===0&&t().catch(()=>{})},f(()=>{let n=()=>s.current(),a=setInterval(()=>{Rt()&&n()},Qo);return addEventListener("focus",n),()=>{clearInterval(a),removeEventListener("focus",n)}},[])}function Os({where:t}){let{pages:e,filters:s,place:n,refresh:a}=Dt(t,"/v1/rejected","rejected",qs);return f(()=>{C("Rejected")},[]),ta(a,n),o`<div class="view fill"><${y} title="Rejected"><${H} act=${a}>Refresh</${H}></${y}>
        <${it} where=${t} names=${qs} />
        <div class="list-frame"><${lt} pages=${e} label="Rejected deliveries" columns=${Zo} draw=${Jo}
            place=${n} class="rejections"
            empty=${o`<${g} title="Nothing is kept here">${Object.keys(s).length>0&&o`
                <p>Of this time there is none.</p>`}</${g}>`} /></div></div>`}var Ns=4e3,Ds=8e3;function ea(t){return typeof t.body=="string"?new TextEncoder().encode(t.body):Uint8Array.from(atob(t.body_base64??""),e=>e.charCodeAt(0))}var ke=new TextDecoder("utf-8",{ignoreBOM:!0}),sa=t=>(t&192)===128;function na(t,e){if(e===null)return{before:ke.decode(t.subarray(0,Ds)),more:t.length-Ds};let s=Math.max(0,e-Ns),n=Math.min(e+1,t.length);for(;n<t.length&&n<e+4&&sa(t[n]);)n++;let a=Math.min(t.length,n+Ns),r=(i,l)=>ke.decode(t.subarray(i,l));return{skipped:s,before:r(s,e),fault:r(e,n),after:r(n,a),more:t.length-a}}function oa({rejection:t}){let e=P(()=>ea(t),[t]),{offset:s}=t,{skipped:n,before:a,fault:r,after:i,more:l}=P(()=>na(e,s),[e,s]);return f(()=>{document.querySelector(".fault")?.scrollIntoView({block:"nearest"})},[e]),o`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${t.kept<t.size?`the first ${st(t.kept)} were kept`:"as received"}</span></h2>
        <div class="acts"><${R} text=${()=>ke.decode(e)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${n>0&&o`<span
            class="faint">… ${st(n)} before\n</span>`}<${d} lines text=${a} />${s!==null&&o`<mark class="fault" title=${`byte ${s}`}><span class="offscreen">at fault: </span>
                ${r?o`<${d} text=${r} />`:"end"}</mark>`}${i&&o`<${d} lines text=${i} />`}${l>0&&o`<span
                class="faint">\n… ${st(l)} after</span>`}</pre></section>`}var aa=({pointer:t})=>o`<ul class="plain-list mono">${t.split(" ").map(e=>o`<li><${d}
    text=${e} /></li>`)}</ul>`;function ra({rejection:t,onClose:e}){let[s,n]=h(null),a=async()=>{try{await mt(`/v1/rejected/${A(t.number)}`)}catch(r){return n(r)}ht(`Rejected delivery ${t.number} was dropped.`),z("/rejected",{replace:!0})};return o`<${Y} title=${`Drop rejected delivery ${t.number}?`} onClose=${e}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${s&&o`<${j} error=${s} />`}
        <div class="dialog-acts"><button type="button" onClick=${e}>Keep it</button><${H} class="danger"
            act=${a}>Drop it</${H}></div></${Y}>`}function ia({rejection:t,onProblem:e}){let[s,n]=h(!1);return o`<${H} act=${async()=>{try{let r=await et(`/v1/rejected/${A(t.number)}/retry`);ht(`Taken into the trail as event ${r.seq}.`,"good"),z(x.event(r.seq),{replace:!0})}catch(r){e(r)}}}>Retry</${H}>
        <button type="button" class="danger-quiet" onClick=${()=>n(!0)}>Drop</button>
        ${s&&o`<${ra} rejection=${t} onClose=${()=>n(!1)} />`}`}function Is({where:t,who:e}){let{id:s}=t,n=q(i=>w(`/v1/rejected/${A(s)}`,i),s),[a,r]=h(null);return f(()=>{C("Rejected",s)},[s]),D({Escape:()=>rt("/rejected")}),o`<div class="view scroll"><${y} title=${o`Rejected <span class="number"><${d} text=${s} /></span>`}
        lead=${o`<a class="up" href="/rejected">Rejected</a>`}>
            ${n.data&&ft(e)&&o`<${ia} rejection=${n.data} onProblem=${r} />`}</${y}>
        ${a&&o`<${j} error=${a}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${j}>`}
        ${n.error?.status===404?o`<${g} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${g}>`:o`
        <${_} of=${n}>${i=>o`
            <p class="lead-line"><${m} kind="bad">${i.status}</${m}> <${d}
                text=${i.detail||i.title} /></p>
            <${K} rows=${[["Received",o`<${k} at=${i.received_at} />`],["Reason",o`<${d} text=${i.title} />`],["Byte at fault",i.offset!==null&&o`<span class="mono">${i.offset}</span>`],["Looked for at",i.pointer&&o`<${aa} pointer=${i.pointer} />`],["Endpoint",i.endpoint&&o`<${d} text=${i.endpoint} />`],["Sender",i.sender&&o`<span class="mono"><${d} text=${i.sender} /></span>`],["Content type",i.content_type&&o`<span class="mono"><${d}
                    text=${i.content_type} /></span>`],["Size",st(i.size)]]} /><${oa} rejection=${i} />`}</${_}>`}</div>`}function te({title:t,secret:e,what:s,children:n,onClose:a}){return o`<${Y} title=${t} onClose=${a} held>
        <p>${n}</p>
        <p class="secret" data-testid="secret"><code>${e}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${R} text=${e} what=${s} class="primary" autofocus /><button type="button"
            onClick=${a}>Done</button></div></${Y}>`}function tt({title:t,submit:e,words:s,danger:n,onClose:a,children:r,disabled:i=!1}){let l=b(),[c,u]=h({});return o`<${Y} title=${t} onClose=${a}><form ref=${l} onSubmit=${async p=>{p.preventDefault(),u({busy:!0});try{await e(Object.fromEntries(new FormData(l.current)))}catch(v){u({error:v})}}}>${r}
        ${c.error&&o`<${j} error=${c.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${a}>Cancel</button>
            <button type="submit" class=${n?"danger":"primary"} disabled=${i||c.busy}
                aria-busy=${!!c.busy}>${s}</button></div></form></${Y}>`}var Ps=({help:t})=>o`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck="false" autofocus /><span class="faint">
            ${t} Letters, digits, dots, underscores, dashes.</span></label>`,la=t=>location.origin+t;function ca({onClose:t,onSecret:e}){return o`<${tt} title="Add an endpoint" words="Add" submit=${async({label:n})=>e(await et("/v1/endpoints",{body:{label:n}}))} onClose=${t}>
        <${Ps} help="What you call it by, such as the site that its deliveries come from." /></${tt}>`}function da({endpoint:t,onClose:e,onSecret:s}){return o`<${tt} title="Rotate the endpoint" words="Rotate" submit=${async()=>s(await et(`/v1/endpoints/${A(t.id)}/rotate`))} onClose=${e}>
        <p>Makes a new secret path for <strong><${d}
            text=${t.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${tt}>`}var ua=(t,e)=>e.filter(s=>s.id!==t.id&&s.name===t.name&&s.state==="active"&&t.state==="active");function $a({endpoint:t,shared:e,onClose:s,onDone:n}){let[a,r]=h(""),i=e?String(t.id):t.name;return o`<${tt} title="Retire the endpoint" words="Retire it for good" danger submit=${async()=>{await et(`/v1/endpoints/${A(t.id)}/retire`,{body:{confirm:i}}),n()}} onClose=${s}
        disabled=${a!==i}>
        <p>From now on deliveries to endpoint ${t.id}, <strong><${d}
            text=${t.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        ${e&&o`<p>Another endpoint has this name too, so it is the number that counts.</p>`}
        <label class="field"><span>Type <strong><${d} text=${i} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck="false" value=${a}
                onInput=${c=>r(c.target.value)} autofocus /></label></${tt}>`}var pa=(t,e,s)=>t.state==="active"&&o`
    <button type="button" class="quiet" aria-label=${`Rotate ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"rotate",endpoint:t})}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"retire",endpoint:t,shared:e})}>Retire</button>`,ha=(t,e)=>e.some(({id:s})=>s>t.id);function fa({endpoints:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>[s,ua(s,t)]).map(([s,n])=>o`<tr
            key=${s.id} data-testid="endpoint">
            <td><${d} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="active"?"good":""}>${s.state}</${m}>
                ${ha(s,n)&&o` <${m} kind="warn"
                    title="It was rotated: retire it when nothing is delivered to it any more">older</${m}>`}
                ${s.retired_at&&o` <span class="faint"><${k} at=${s.retired_at} /></span>`}</td>
            <td>${s.signed?"yes":o`<span class="faint">no</span>`}</td>
            <td><${k} at=${s.created_at} /></td>
            <td class="acts">${pa(s,n.length>0,e)}</td></tr>`)}</tbody></table></div>`}function ma({onChange:t}){let e=q(l=>w("/v1/endpoints",l),"endpoints"),[s,n]=h(null),a=()=>n(null),r=({endpoint:l,name:c})=>{e.reload(),t(),n({kind:"secret",endpoint:l,name:c})},i=()=>{e.reload(),t(),a(),ht("The endpoint is retired: it answers 410.")};return o`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${_} of=${e} lines=${3}>${({endpoints:l})=>o`<${fa} endpoints=${l}
            show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${ca} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="rotate"&&o`<${da} endpoint=${s.endpoint} onClose=${a}
            onSecret=${r} />`}
        ${s?.kind==="retire"&&o`<${$a} endpoint=${s.endpoint} shared=${s.shared} onClose=${a}
            onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${te} title="The endpoint’s address" secret=${la(s.endpoint)}
            what="the address" onClose=${a}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${te}>`}</section>`}function va({onClose:t,onSecret:e}){return o`<${tt} title="Add a token" words="Add" submit=${async({label:n,scope:a})=>e(await et("/v1/tokens",{body:{label:n,scope:a}}))} onClose=${t}>
        <${Ps} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${tt}>`}function ga({token:t,onClose:e,onDone:s}){return o`<${tt} title="Revoke the token" words="Revoke" danger submit=${async()=>{await mt(`/v1/tokens/${A(t.id)}`),s()}} onClose=${e}>
        <p>Programs that use <strong><${d}
            text=${t.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p>
        ${t.id===O.get().token&&o`<p><strong>You signed in by this one: you will be signed out.</strong></p>`}</${tt}>`}function ba({tokens:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
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
                onClick=${()=>e({kind:"revoke",token:s})}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`}function wa({onChange:t}){let e=q(l=>w("/v1/tokens",l),"tokens"),[s,n]=h(null),a=()=>n(null),r=({token:l})=>{e.reload(),t(),n({kind:"secret",token:l})},i=()=>{e.reload(),t(),a(),ht("The token is revoked.")};return o`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${_} of=${e} lines=${3}>${({tokens:l})=>o`<${ba} tokens=${l} show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${va} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="revoke"&&o`<${ga} token=${s.token} onClose=${a} onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${te} title="The new token" secret=${s.token} what="the token"
            onClose=${a}>Give it to whom it is for, by a way that you trust.</${te}>`}</section>`}function ya({changes:t}){let e=q(s=>w("/v1/acts",{...s,params:{limit:50}}),"acts");return f(()=>{t&&e.reload()},[t]),o`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${_} of=${e} lines=${5}>${({acts:s})=>o`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${s.map(n=>o`<tr key=${n.seq}><td class="nowrap"><${k} at=${n.at} /></td><td>
            ${n.who&&o`<${d} text=${n.who} />`}</td>
            <td><${d} text=${n.kind} /></td><td>${n.object&&o`<${d} text=${n.object} />`}</td>
            <td class="faint">${n.detail&&o`<${d}
                text=${n.detail} />`}</td></tr>`)}</tbody></table></div>`}</${_}></section>`}function Fs({who:t}){let[e,s]=h(0),n=()=>s(a=>a+1);return f(()=>{C("Settings")},[]),ft(t)?o`<div class="view scroll settings"><${y} title="Settings" /><${ma} onChange=${n} /><${wa}
        onChange=${n} /><${ya} changes=${e} /></div>`:o`<div class="view scroll"><${y} title="Settings" /><${g} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${g}></div>`}var js={expired:"Your session has ended. Sign in again to go on where you were.",idle:"You were signed out because nothing was done for a while."},ka=t=>t.status===401?"No token is like that, or it was revoked.":t.detail||t.message;function zs({why:t}){let e=b(),[s,n]=h({});f(()=>{C("Sign in"),e.current.focus()},[]);let a=async r=>{r.preventDefault();let i=e.current.value.trim();if(!i)return e.current.focus();n({busy:!0});try{await Be(i)}catch(l){n({error:ka(l)}),e.current?.select()}};return o`<main class="alone sign-in" data-state=${O.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${js[t]&&o`<p class="notice" role="status">${js[t]}</p>`}
            <form onSubmit=${a}>
                <label for="token">API token</label>
                <input id="token" name="token" type="password" ref=${e} autocomplete="current-password" spellcheck="false"
                    placeholder="ht_…" required aria-describedby="token-help" aria-invalid=${!!s.error} />
                <p id="token-help" class=${s.error?"bad-text":"faint"} role=${s.error?"alert":void 0}>
                    ${s.error??o`Printed once by ${""}<code>hooktrail init</code> or <code>hooktrail token add</code>.`}</p>
                <button type="submit" class="primary" disabled=${s.busy} aria-busy=${!!s.busy}>Sign in</button>
            </form>
        </div>
        <${Ut} />
    </main>`}var Hs=100,ee=1e3,xa=[["at","Received"],["type","Type"],["agent","Agent"],["conversation","Conversation"],["lead","Lead"],["marks","Marks"],["seq","Event"]].map(([t,e])=>({key:t,name:e})),Ea=({event:t})=>o`
    ${t.deliveries>1&&o`<${m}
        title=${`delivered ${t.deliveries} times`}>×${E(t.deliveries)}</${m}>`}
    ${t.warnings.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
        ${L(t.warnings.length,"warning")}</${m}>`}
    ${t.derived&&o`<${m}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${m}>`}
    ${t.unreadable&&o`<${m} kind="bad" title="The payload could not be read">unreadable</${m}>`}`,Sa=t=>o`
    <span role="cell" class="cell-at">${U(t.received_at,F)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${x.event(t.seq)}
        title=${W(t.type)} aria-label=${`${W(t.type)}, event ${t.seq}`}><${J} type=${t.type} /></a></span>
    <span role="cell" class="cell-agent">${t.agent_name||t.agent_id?o`<${d}
        text=${t.agent_name||t.agent_id} />`:""}</span>
    <span role="cell" class="cell-conversation">${t.conversation_id&&o`<${$t}
        id=${t.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_id&&o`<${Q} id=${t.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${Ea} event=${t} /></span>
    <span role="cell" class="cell-seq">${t.seq}</span>`;function Ta(t){let e=t.order==="asc"?-1:1,s=t.order==="asc"?"after":"before";return async({cursor:n,page:a,signal:r})=>{let i=a?.top??n?.from,l=i?{...t,[s]:i.seq+e}:{...t,cursor:n},{events:c,next:u}=await w("/v1/events",{params:{...l,limit:a?.count??Hs},signal:r});return{rows:c,next:u}}}var Ws=t=>t.order!=="asc"&&!t.until&&!t.before,se=class{constructor(){this.rows=[],this.count=0}add(e){this.count+=e.length,this.rows=this.count<=ee?[...e,...this.rows]:[]}get overflown(){return this.count>ee}};function Ca(t){return{pages:new kt(Ta(t)),place:{top:0},held:new se,newest:void 0}}function Ma(t){let e=Nt(t.search,ve),[s,n]=h(0),a=`${t.key} ${t.search} ${s}`,r=b({});r.current.key!==a&&(r.current={key:a,...s===0&&Mt(a)||Ca(e)},Ct(a,r.current));let i=Jt(()=>r.current.pages,a);return{filters:e,state:r.current,pages:i,renew:()=>n(l=>l+1)}}function La({filters:t,state:e,pages:s,renew:n},a,r){let i=b(!0),l=b(a);l.current=a;let c=()=>{let{held:p}=e;e.held=new se,p.overflown?n():p.count&&s.prepend(p.rows,Hs)},u=p=>{e.newest=p.at(-1).seq,e.held.add(p.reverse()),!l.current&&i.current?c():s.onChange()},$=s.count>0||s.atEnd;return f(()=>{if(!$||!Ws(t))return;e.newest??=s.row(0)?.seq??Number(t.after??0);let{type:p,agent:v,conversation:S,lead:I,visitor:V,since:at}=t;return bt({params:{type:p,agent:v,conversation:S,lead:I,visitor:V,since:at},after:e.newest,onEvents:u,onState:r})},[$,s]),{show:c,onTop:p=>{i.current=p}}}var _a={connecting:"Connecting …",live:"Live",lost:"Reconnecting …",refused:"Not live"};function Aa(t){return t===0?"To the newest":`${t>ee?"more than ":""}${E(Math.min(t,ee))} new`}function Ra({state:t,paused:e,setPaused:s}){return o`<span class="live is-${e?"paused":t}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${e?"Paused":_a[t]}</span>
        <button type="button" aria-pressed=${e} title="p" onClick=${()=>s(!e)}>
            <${T} name=${e?"play":"pause"} />${e?"Go on":"Pause"}</button>`}function Bs({where:t}){let e=Ma(t),{filters:s,state:n,pages:a,renew:r}=e,[i,l]=h(!1),[c,u]=h("connecting"),{show:$,onTop:p}=La(e,i,u);f(()=>{C("Trail")},[]);let v=()=>{document.querySelector(".list").scrollTop=0,a.dropped?r():$()},S=V=>{l(V),!V&&n.place.top===0&&$()};D({p:()=>S(!i),".":v});let I=n.held.count;return o`<div class="view fill">
        <${y} title="Trail">${Ws(s)&&o`<${Ra} state=${c} paused=${i}
            setPaused=${S} />`}</${y}>
        <${it} where=${t} names=${ve} />
        <div class="list-frame">
            <div class="fresh" role="status">${(I>0||a.dropped>0)&&o`<button type="button" class="pill"
                onClick=${v}>
                <${T} name="up" />
                    ${Aa(I)}</button>`}</div>
            <${lt} pages=${a} label="Events" columns=${xa} draw=${Sa} place=${n.place} onTop=${p}
                class="trail"
                empty=${o`<${g} title="No events">${Object.keys(s).length?o`<p>Nothing in the trail passes these filters.</p>`:o`
                        <p>Deliveries appear here as they come.</p>`}</${g}>`} />
        </div>
    </div>`}var xe={overview:Rs,trail:Bs,event:ys,conversations:ps,conversation:ls,leads:Ms,lead:Ss,rejected:Os,rejection:Is,settings:Fs,"sign-in":zs};var qa=[["overview","/","Overview",["overview"]],["trail","/trail","Trail",["trail","event"]],["conversations","/conversations","Conversations",["conversations","conversation"]],["leads","/leads","Leads",["leads","lead"]],["rejected","/rejected","Rejected",["rejected","rejection"]],["settings","/settings","Settings",["settings"]]];function Oa({name:t,admin:e,open:s}){let n=qa.filter(([a])=>a!=="settings"||e);return o`<nav id="navigation" aria-label="Sections" class=${s?"open":""}><ul>
        ${n.map(([a,r,i,l])=>o`<li key=${a}>
            <a href=${r} aria-current=${l.includes(t)?"page":void 0}>
                <${T} name=${a} />${i}</a></li>`)}</ul></nav>`}async function Na(){await ce(),z("/sign-in")}function Da({who:t}){return o`<section class="who" aria-label="You">
        <${Ut} />
        <p class="who-name" title=${`scope ${t.scope}`}>${t.name||"token"} <span class="faint">
            ${ft(t)?"admin":"read"}</span></p>
        <${H} class="quiet" act=${Na}>Sign out</${H}>
    </section>`}function Ia(){let t=B(X),[e,s]=h(!navigator.onLine);return f(()=>{let n=()=>s(!navigator.onLine);return addEventListener("online",n),addEventListener("offline",n),()=>{removeEventListener("online",n),removeEventListener("offline",n)}},[]),t&&!e?null:o`<p class="offline" role="status" data-testid="offline">
        ${e?"This machine is offline.":"hooktraild does not answer."} What is shown may be old.</p>`}var Us={o:"/",t:"/trail",c:"/conversations",l:"/leads",r:"/rejected"};function Pa(t){let e=b(0),s=n=>()=>{Date.now()-e.current>1200||(e.current=0,z(Us[n]))};D({g:()=>{e.current=Date.now()},"?":t,...Object.fromEntries(Object.keys(Us).map(n=>[n,s(n)]))})}function Fa(t){let e=b(!0);G(()=>{let s=document.activeElement?.matches("input, textarea, select");!e.current&&!s&&document.querySelector("main h1")?.focus({preventScroll:!0}),e.current=!1},[t])}function ja(t){t.preventDefault(),document.getElementById("main").focus()}var za=()=>o`<${g} title="There is no such page"><p><a href="/">To the overview</a></p></${g}>`;function Ha({who:t}){let e=oe(),[s,n]=h(!1),[a,r]=h(!1);Pa(()=>r(!0)),f(()=>n(!1),[e]);let i=e.pathname;Fa(i);let l=xe[e.name]??za;return o`<div class="app">
        <a class="skip" href="#main" onClick=${ja}>To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${Pe} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${s}
                onClick=${()=>n(!s)}><${T} name=${s?"close":"menu"} /></button>
        </header>
        <div class=${s?"side open":"side"}>
            <${Oa} name=${e.name} admin=${ft(t)} open=${s} />
            <${Da} who=${t} />
        </div>
        <main id="main" tabindex="-1"><${Ia} /><${l} key=${i} where=${e} who=${t} /></main>
        <${Oe} />
        ${a&&o`<${Ne} onClose=${()=>r(!1)} />`}
    </div>`}function Ks(){let t=B(O),e=oe();return f(()=>{t.state==="out"&&Ae()},[t.state]),f(()=>{t.state==="in"&&e.name==="sign-in"&&z("/",{replace:!0})},[t.state,e.name]),t.state==="unknown"?t.error?o`<main class="alone"><h1>hooktrail</h1><${j} error=${t.error}
            retry=${Bt} /></main>`:null:t.state==="out"?o`<${xe["sign-in"]} why=${t.why} where=${e} />`:e.name==="sign-in"?null:o`<${Ha} who=${t} />`}Re();De();Ue();Bt();Te(o`<${Ks} />`,document.body);
