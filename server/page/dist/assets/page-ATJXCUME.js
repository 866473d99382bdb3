import{A as Ne,B as H,C as rt,D as Oe,E as U,F as gt,G as De,H as ut,I as F,J as _t,K as E,L as M,M as st,N as B,O as C,P as d,Q as bt,R as k,S as K,T as $t,U as Ht,V as J,W as m,X as O,Y as pt,Z as Q,_ as R,a as jt,b as Me,c as h,d as f,e as Y,f as b,g as P,h as o,i as _e,j as Ae,k as zt,l as z,m as Re,n as Tt,o as dt,p as Z,q as qe,r as Ct,s as A,t as w,u as et,v as vt,w as x,x as ae,y as Lt,z as Mt}from"./chunk-IHCC6YU6.js";var Zs={overview:"M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",trail:"M2.5 4h11M2.5 8h11M2.5 12h7",conversations:"M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z",leads:"M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5",rejected:"M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2",settings:"M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4",search:"M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",menu:"M2.5 4.5h11M2.5 8h11M2.5 11.5h11",close:"M4 4l8 8M12 4l-8 8",back:"M9.5 3.5 5 8l4.5 4.5",down:"M4 6l4 4 4-4",right:"M6 4l4 4-4 4",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2v9.6L12.5 8z",up:"M8 13V3.5M4 7.5l4-4 4 4",sun:"M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",moon:"M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",auto:"M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8",quiet:"M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4",lock:"M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2"},S=({name:t})=>o`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${Zs[t]} /></svg>`;function q(t,e,s=!1){let[n,a]=h({key:void 0,data:null,error:null}),[r,i]=h(0);f(()=>{let c=new AbortController,u=$=>{c.signal.aborted||a(p=>({key:e,data:p.key===e||s?p.data:null,error:null,...$}))};return t({signal:c.signal}).then($=>u({data:$}),$=>u({error:$})),()=>c.abort()},[e,r]),f(()=>Z.watch(c=>{c&&n.error?.status===0&&i(u=>u+1)}),[n]);let l=n.key===e;return{data:l||s?n.data:null,error:l?n.error:null,loading:!l||!n.data&&!n.error,reload:()=>i(c=>c+1),replace:c=>a({key:e,data:c,error:null})}}var ht=({lines:t=6})=>o`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({length:t},()=>o`<span class="bone" />`)}</div>`;function j({error:t,retry:e,children:s}){let{status:n,title:a,detail:r}=t;return o`<div class="notice bad" role="alert">
        <p><strong>${a??"Something went wrong"}</strong>${n?o` <span class="faint">${n}</span>`:null}</p>
        ${r||t.message!==a?o`<p>${r||t.message}</p>`:null}
        ${s}
        ${e&&o`<p><button type="button" onClick=${e}>Try again</button></p>`}
    </div>`}var g=({title:t,children:e})=>o`<div class="empty"><p class="empty-title">${t}</p>${e}</div>`;function _({of:t,lines:e,children:s}){return t.loading?o`<${ht} lines=${e} />`:o`${t.error&&o`<${j} error=${t.error} retry=${t.reload} />`}${t.data&&s(t.data)}`}var At=zt([]),Js=0;function ft(t,e=""){let s=++Js;At.set([...At.get(),{id:s,text:t,kind:e}].slice(-3)),setTimeout(()=>At.set(At.get().filter(n=>n.id!==s)),5e3)}var Ie=()=>o`<div class="toasts" role="status">
    ${z(At).map(({id:t,text:e,kind:s})=>o`<p key=${t} class="toast ${s}">${e}</p>`)}</div>`,ie=null;function Qs(){document.querySelector("dialog[open]")||(ie?.focus(),ie=null)}function X({title:t,onClose:e,held:s,children:n,class:a=""}){let r=b();return Y(()=>(ie??=document.activeElement,r.current.showModal(),()=>queueMicrotask(Qs)),[]),o`<dialog ref=${r} class=${a} aria-labelledby="dialog-title" closedby=${s?"none":void 0}
        onClose=${()=>s?r.current?.showModal():e()} onClick=${$=>{$.target===r.current&&!s&&e()}} onKeyDown=${$=>{s&&$.key==="Escape"&&$.preventDefault()}} onCancel=${$=>{s&&$.preventDefault()}}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${t}</h2>
                ${!s&&o`<button type="button" class="quiet square" aria-label="Close" onClick=${e}><${S}
                    name="close" /></button>`}
            </header>
            ${n}
        </div></dialog>`}function W({act:t,children:e,class:s="",...n}){let[a,r]=h(!1);return o`<button type="button" class=${s} aria-busy=${a} disabled=${a} onClick=${async()=>{r(!0);try{await t()}catch(l){ft(l.detail||l.message,"bad")}finally{r(!1)}}} ...${n}>
        ${e}</button>`}var re=12;function tn(t,e){let s=()=>{let{left:a,bottom:r}=t.getBoundingClientRect(),i=document.documentElement.clientWidth-re-e.offsetWidth;e.style.left=`${Math.max(re,Math.min(a,i))-a}px`,e.style.maxHeight=`${Math.max(160,innerHeight-r-4-re)}px`},n=new ResizeObserver(s);return n.observe(e),addEventListener("resize",s),s(),()=>{n.disconnect(),removeEventListener("resize",s)}}function nt({label:t,active:e,children:s,class:n=""}){let[a,r]=h(!1),i=b();Y(()=>a?tn(i.current,i.current.querySelector(".panel")):void 0,[a]),f(()=>{if(!a)return;let u=i.current,$=({target:p})=>{!u.contains(p)&&!p.contains?.(u)&&r(!1)};return document.addEventListener("pointerdown",$),document.addEventListener("focusin",$),()=>{document.removeEventListener("pointerdown",$),document.removeEventListener("focusin",$)}},[a]);let l=()=>{r(!1),i.current.querySelector("button").focus()};return o`<div class="menu ${n}" ref=${i} onKeyDown=${u=>{u.key!=="Escape"||!a||(u.preventDefault(),l())}}>
        <button type="button" class=${e?"chip on":"chip"} aria-expanded=${a} onClick=${()=>r(!a)}>
            ${t}<${S} name="down" /></button>
        ${a&&o`<div class="panel">${s(l)}</div>`}
    </div>`}var V=({rows:t,class:e=""})=>o`<dl class="facts ${e}">
    ${t.filter(([,s])=>s!=null&&s!==!1).map(([s,n])=>o`
        <div key=${s}><dt>${s}</dt><dd>${n}</dd></div>`)}</dl>`,y=({title:t,children:e,lead:s,class:n=""})=>o`<header class="head ${n}">
    <div class="head-title">${s}<h1 tabindex="-1">${t}</h1></div>
    ${e&&o`<div class="head-acts">${e}</div>`}</header>`;var en=[["/","search"],["j  k","next and previous row"],["Enter","open the row"],["Esc","back to the list; close"],["p","pause the live list, or go on"],[".","show what is new"],["g  o","go to the overview"],["g  t","to the trail"],["g  c","to the conversations"],["g  l","to the leads"],["g  r","to what was rejected"],["?","this list"]],Pe=({onClose:t})=>o`<${X} title="Keys" onClose=${t}>
    <dl class="keys">${en.map(([e,s])=>o`<div key=${e}>
        <dt>${e.split("  ").map(n=>o`<kbd>${n}</kbd>`)}</dt><dd>${s}</dd></div>`)}</dl></${X}>`;var Wt=[],sn=t=>t.closest?.("input, textarea, select, [contenteditable]");function nn(t){if(t.defaultPrevented||t.ctrlKey||t.metaKey||t.altKey||document.querySelector("dialog[open]"))return;if(sn(t.target)){t.key==="Escape"&&t.target.blur();return}let e=Wt.findLast(s=>s.current[t.key]);e&&(t.preventDefault(),e.current[t.key](t))}var Fe=()=>document.addEventListener("keydown",nn);function D(t){let e=b(t);e.current=t,f(()=>(Wt.push(e),()=>Wt.splice(Wt.indexOf(e),1)),[])}var on=1e15,Bt=(t,e,s)=>w(t,{params:{...e,limit:1},signal:s});async function an(t,e){let{events:s}=await Bt("/v1/events",{after:t-1,before:t+1},e);return s.length?x.event(t):null}async function rn(t,e){let{leads:s}=await w("/v1/leads",{params:{email:t},signal:e});return s.length===1?x.lead(s[0].id):s.length?`/leads?email=${encodeURIComponent(t)}`:null}async function je(t,e){try{await w(t,{signal:e})}catch(s){if(s instanceof Tt)return s.status===410;throw s}return!0}async function ln(t,e){let[{conversations:s},{leads:n},{events:a}]=await Promise.all([Bt("/v1/conversations",{conversation:t},e),Bt("/v1/leads",{lead:t},e),Bt("/v1/events",{visitor:t},e)]);return s.length?x.conversation(t):n.length?x.lead(t):a.length?`/trail?visitor=${encodeURIComponent(t)}`:await je(`/v1/conversations/${A(t)}`,e)?x.conversation(t):await je(`/v1/leads/${A(t)}`,e)?x.lead(t):null}async function cn(t,e){let s=/^#?([1-9][0-9]*)$/.exec(t);return s&&Number(s[1])<on&&await an(Number(s[1]),e)||t.includes("@")&&await rn(t,e)||ln(t,e)}function ze(){let t=b(),e=b(),[s,n]=h({word:""});return D({"/":()=>{t.current.focus(),t.current.select()}}),f(()=>()=>e.current?.abort(),[]),o`<form class="search" role="search" onSubmit=${async l=>{l.preventDefault();let c=t.current.value.trim();if(!c)return;e.current?.abort(),e.current=new AbortController;let{signal:u}=e.current;n({busy:!0,word:"Searching …"});try{let $=await cn(c,u);if(u.aborted||(n({word:$?"":"Nothing has that id, address or number."}),!$))return;t.current.value="",t.current.blur(),H($)}catch($){u.aborted||n({word:$.detail||$.message})}}}>
        <${S} name="search" />
        <input ref=${t} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${()=>{e.current?.abort(),s.word&&n({word:""})}}
            onBlur=${()=>{s.word&&!s.busy&&n({word:""})}} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck=${!1}
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${s.word?"search-word":"search-word none"} role="status">${s.word}</p>
    </form>`}var N=zt({state:"unknown"}),dn=15e3,un=300*1e3,$n=3,pn=120*1e3,We="hooktrail-used",le=Date.now(),Rt=Date.now(),He=0;function hn(t){if(!(t-He<5e3)){He=t;try{localStorage.setItem(We,String(t))}catch{}}}function Be(){Rt=Date.now(),hn(Rt)}function fn(){try{return Math.max(Rt,Number(localStorage.getItem(We))||0)}catch{return Rt}}function qt(t=pn){return Date.now()-le<t&&!document.hidden}var Ue=()=>qt(N.get().idle_seconds*1e3);function Nt(t){N.get().state!=="out"&&N.set({state:"out",why:t})}var ce=t=>N.set({state:"in",...t});async function Ke(){let t=await w("/v1/session");N.get().state==="in"&&ce(t)}qe({csrf:()=>N.get().csrf??"",renew:Ke,unauthorized:()=>{N.get().state==="in"&&Nt("expired")},used:Be});async function Ut(){let t=globalThis.hooktrailSession;delete globalThis.hooktrailSession;try{ce(await w("/v1/session",{signsIn:!0,early:t}))}catch(e){e instanceof Tt&&e.status===401?N.set({state:"out"}):N.set({state:"unknown",error:e})}}async function Ve(t){ce(await et("/v1/session",{body:{token:t},signsIn:!0}))}async function de(t){try{await vt("/v1/session",{signsIn:!0})}catch(e){if(!t&&!(e instanceof Tt&&e.status===401))throw e}Nt(t)}var mt=t=>/\badmin\b/.test(t?.scope??"");function mn(){le=Date.now();let{state:t,idle_seconds:e}=N.get();t==="in"&&le-Rt>Math.min(un,e*1e3/$n)&&(Be(),Ke().catch(()=>{}))}function vn(){let{state:t,idle_seconds:e,expires_at:s}=N.get();if(t!=="in")return;let n=typeof s=="number"?s*1e3:Date.parse(s??"");e&&Date.now()-fn()>e*1e3?de("idle"):n&&Date.now()>n&&Nt("expired")}function Ge(){for(let t of["pointerdown","keydown","wheel","touchstart"])addEventListener(t,mn,{passive:!0,capture:!0});setInterval(vn,dn)}var ue=Re("theme","auto");ue.watch(t=>{t==="auto"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=t});var Ot=[["auto","auto","as the system"],["light","sun","light"],["dark","moon","dark"]];function Kt(){let t=z(ue),e=z(U),s=Ot.findIndex(([l])=>l===t),[,n,a]=Ot[s]??Ot[0],r=e==="UTC"?"UTC":"Local time",i=Ot[(s+1)%Ot.length];return o`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${a}. Change to ${i[2]}`}
            title=${`Theme: ${a}`}
            onClick=${()=>ue.set(i[0])}><${S} name=${n} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${r}: the zone in which times are shown. Change`}
            onClick=${()=>U.set(e==="UTC"?"local":"UTC")}>${r}</button>
    </div>`}var Vt=class{constructor(e){this.take=e,this.rest="",this.clear()}clear(){this.event={id:null,event:"message",data:null}}push(e){let s=(this.rest+e).split(`
`);if(this.rest=s.pop(),this.rest.length>4194304)throw new Error("a line of the stream is too long");for(let n of s)this.line(n.endsWith("\r")?n.slice(0,-1):n)}line(e){if(e===""){this.event.data!==null&&this.take(this.event),this.clear();return}let s=e.indexOf(":");if(s===0)return;let n=s<0?e:e.slice(0,s),a=s<0?"":e.slice(s+1).replace(/^ /,"");n==="data"?this.event.data=this.event.data===null?a:`${this.event.data}
${a}`:(n==="id"||n==="event")&&(this.event[n]=a)}};var gn=4e4,Ye=500,bn=3e3,wn=2e3,yn=3e4;function wt(t){let e=new $e(t);return e.open(),()=>e.close()}var $e=class{constructor({params:e,after:s,onEvents:n,onState:a}){this.params=e??{},this.last=s,this.onEvents=n,this.onState=a??(()=>{}),this.wait=Ye,this.waiting=[],this.closed=!1,this.onVisibility=()=>this.visibility(),this.onOnline=()=>this.again(0),document.addEventListener("visibilitychange",this.onVisibility),addEventListener("online",this.onOnline)}close(){this.closed=!0,document.removeEventListener("visibilitychange",this.onVisibility),removeEventListener("online",this.onOnline),cancelAnimationFrame(this.frame),this.stop()}stop(){this.abort?.abort(),this.abort=null,clearTimeout(this.retry),clearTimeout(this.silence)}visibility(){clearTimeout(this.hiding),document.hidden?this.hiding=setTimeout(()=>{this.asleep=!0,this.stop()},yn):this.asleep&&this.again(0)}again(e){this.closed||(this.asleep=!1,this.stop(),this.retry=setTimeout(()=>this.open(),e))}async open(){let e=new AbortController;this.abort=e,this.onState("connecting");try{await this.read(e)}catch{}this.closed||this.abort!==e||this.refused||(this.onState("lost"),this.again(this.wait),this.wait=Math.min(this.wait*2,bn))}async read(e){let s={Accept:"text/event-stream"};this.last!==void 0&&(s["Last-Event-ID"]=String(this.last)),this.heard(e);let n=await fetch(`/v1/stream${Ct(this.params)}`,{headers:s,signal:e.signal,credentials:"same-origin",cache:"no-store"});if(!n.ok)return this.refuse(n);Z.set(!0),this.onState("live");let a=new Vt(i=>this.take(i)),r=n.body.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:i,value:l}=await r.read();if(i)return;this.wait=Ye,this.heard(e),a.push(l)}}refuse(e){e.status===401&&Nt("expired"),this.refused=e.status>=400&&e.status<500&&e.status!==429,this.refused&&this.onState("refused")}heard(e){clearTimeout(this.silence),this.silence=setTimeout(()=>e.abort(),gn)}take({id:e,data:s}){e!==null&&(this.last=Number(e),this.waiting.push(JSON.parse(s)),this.waiting.length===1&&(this.frame=requestAnimationFrame(()=>this.give())),this.waiting.length>=wn&&this.give())}give(){cancelAnimationFrame(this.frame);let e=this.waiting;this.waiting=[],this.closed||this.onEvents(e)}};var Gt=t=>typeof t=="string"&&t.trim()!==""?t.trim():null;function ot(t){let e=[Gt(t?.first_name),Gt(t?.last_name)].filter(Boolean);return e.length?e.join(" "):Gt(t?.name)??Gt(t?.display_name)}var kn=new Set(["id","agent_id","agent_name","first_at","last_at","events","profile_cut"]),Xe=["email","phone","company","job_title"],pe=t=>t==null||t===""||typeof t=="object"&&Object.keys(t).length===0;function Ze(t){let e=Object.keys(t).filter(s=>!kn.has(s)&&!Xe.includes(s));return[...Xe,...e].filter(s=>s in t&&!pe(t[s])).map(s=>[s,t[s]])}var yt=t=>typeof t=="string"?t:JSON.stringify(t);function kt(t){let e=t.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)}var xn=300*1e3,Je=40,Qe={user:["visitor","Visitor"],visitor:["visitor","Visitor"],customer:["visitor","Visitor"],lead:["visitor","Visitor"],assistant:["assistant","Assistant"],ai:["assistant","Assistant"],bot:["assistant","Assistant"],agent:["human","Agent"],human:["human","Agent"],operator:["human","Agent"],staff:["human","Agent"],system:["system","System"],tool:["system","Tool"]};function En(t){if(typeof t!="string"||t==="")return{side:"other",name:"Unknown"};let e=t.toLowerCase(),[s,n]=Object.hasOwn(Qe,e)?Qe[e]:["other",t];return{side:s,name:n}}var he=t=>t?.replace(/\s+/gu," ");function ts(t,e){let s=he(t?.agent_name),n=he(ot(e.findLast(({fields:a})=>ot(a))?.fields));return{assistant:s,visitor:n?.toLowerCase()===s?.toLowerCase()?void 0:n}}function fe(t,e){let{side:s,name:n}=En(t);return{side:s,name:e[s]||n}}function Sn(t,e){return t?.kind==="message"&&e.kind==="message"&&t.role===e.role&&Date.parse(e.at)-Date.parse(t.at)<xn}var Tn=(t,e)=>t.length===e.length&&t.every((s,n)=>s===e[n]);function es(t,e=[]){let s=[],n=0;for(let a=0;a<t.length;a+=Je){let r=t.slice(a,a+Je),i=e[s.length],l=n;for(let u of r)u.at&&(n=_t(u.at));let c=i?.zone===U.get()&&i.dayBefore===l&&Tn(i.items,r);s.push(c?i:{items:r,zone:U.get(),dayBefore:l,rows:ss(r,t[a-1],l)})}return s}function ss(t,e,s){return t.map(n=>{let a=n.at?_t(n.at):s,r={item:n,day:a!==s&&n.at,goesOn:a===s&&Sn(e,n)};return s=a,e=n,r})}var Cn=(t,e)=>JSON.stringify(t)===JSON.stringify(e);function ns(t,e){return e.map((s,n)=>t[n]&&(t[n]===s||Cn(t[n],s))?t[n]:s)}var Ln=t=>["edited","removed","derived"].filter(e=>t[e]).map(e=>` (${e})`).join("");function Mn({type:t,fields:e,reason:s}){let n=[ot(e),e?.email,s].filter(a=>typeof a=="string"&&a!=="");return B(t)+(n.length?`: ${n.join(", ")}`:"")}var _n=t=>t.replace(/\r\n?|[\n\u0085\u2028\u2029]/g,`
       `);function os(t,e){return`${ss(t).flatMap(({item:n,day:a})=>{let r=n.kind==="message"?`${he(fe(n.role,e).name)}: ${n.content??""}`:`-- ${Mn(n)} --`,i=_n((n.at?`${ut(n.at)}  `:"")+r+Ln(n));return a?["",`---- ${gt(a)} ----`,"",i]:[i]}).join(`
`).trim()}
`}var An=100,ve=1e3,Rn=250,qn=2e3,Nn=3e3;async function as(t,e,s,n){let a=[],r;for(;;){let i=await w(`/v1/conversations/${A(t)}`,{params:{limit:r?ve:s,cursor:r},signal:e});a=a.concat(i.items);let l={conversation:i.conversation,items:a,whole:i.next===null};if(n?.(l),l.whole)return l;r=i.next}}function rs(t){let[e,s]=h({items:[]}),[n,a]=h(0),r=b(),i=(c,u,$)=>{u.aborted||s(p=>({...c,items:ns(p.items,c.items),news:(p.news??0)+$}))};return f(()=>{r.current=new AbortController;let{signal:c}=r.current;return as(t,c,An,u=>i(u,c,0)).catch(u=>{c.aborted||s($=>dt(u)?{items:[],error:u}:{...$,error:u})}),()=>r.current.abort()},[t,n]),f(()=>Z.watch(c=>{c&&e.error?.status===0&&a(u=>u+1)}),[e.error]),{...e,refresh:async()=>{let{signal:c}=r.current;try{i(await as(t,c,ve),c,1)}catch(u){if(!dt(u))throw u;s({items:[],error:u})}},reload:()=>{s({items:[]}),a(n+1)}}}var On=({seq:t,edited:e,removed:s})=>Math.max(t,e?.seq??0,s?.seq??0),Dn=t=>t.reduce((e,s)=>Math.max(e,On(s)),0),me=class{constructor(e,s,n){Object.assign(this,{ask:e,settle:s,onBehind:n,timer:null,wanted:!1,closed:!1})}want(){this.wanted=!0,this.timer??=setTimeout(()=>this.run(),this.settle())}async run(){let e=Nn;if(Ue()){this.wanted=!1;let s=await this.ask().then(()=>!0,()=>!1);this.wanted||=!s,s&&(e=this.settle()),this.closed||this.onBehind(!s)}else this.closed||this.onBehind(!0);this.timer=this.wanted&&!this.closed?setTimeout(()=>this.run(),e):null}close(){this.closed=!0,clearTimeout(this.timer)}};function is(t,{whole:e,items:s,refresh:n}){let[a,r]=h("connecting"),[i,l]=h(!1),c=b(0);return c.current=s.length,f(()=>{if(!e)return;let u=new me(n,()=>c.current>ve?qn:Rn,l),$=wt({params:{conversation:t},after:Dn(s),onEvents:()=>u.want(),onState:r});return()=>{u.close(),$()}},[t,e]),a==="live"&&i?"behind":a}var In="1500px 0px";var Pn={timeout:120},Fn=globalThis.requestIdleCallback??(t=>setTimeout(t,16)),Yt=class{constructor(){this.waiting=new Map,this.observer=new IntersectionObserver(e=>{for(let{target:s,isIntersecting:n}of e)n&&this.draw(s)},{rootMargin:In}),this.onPrint=()=>{this.all()},addEventListener("beforeprint",this.onPrint)}add(e,s){return this.waiting.set(e,s),this.observer.observe(e),this.plan(),()=>this.forget(e)}forget(e){this.waiting.delete(e),this.observer.unobserve(e)}draw(e){let s=this.waiting.get(e);this.forget(e),s?.()}plan(){this.planned||this.closed||(this.planned=!0,Fn(()=>{if(this.planned=!1,!(this.closed||this.waiting.size===0)){for(let e of[...this.waiting.keys()].slice(0,4))this.draw(e);this.plan()}},Pn))}all(){for(let e of[...this.waiting.keys()])this.draw(e);return new Promise(e=>{setTimeout(e)})}close(){this.closed=!0,this.observer.disconnect(),this.waiting.clear(),removeEventListener("beforeprint",this.onPrint)}};function jn({edited:t}){let[e,s]=h(!1);return o`<button type="button" class="quiet small mark" aria-expanded=${e}
        onClick=${()=>s(!e)}>edited</button>
        ${e&&o`<ol class="versions" aria-label="Earlier versions">
            ${t.previous.map((n,a)=>o`<li key=${a}><${bt} text=${n.content??""} /><${O}
                seq=${n.seq} /></li>`)}
            ${t.previous_cut&&o`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${O} seq=${t.seq} /></li></ol>`}`}function zn({item:t,goesOn:e,names:s}){let{side:n,name:a}=fe(t.role,s);return o`<article class="message ${n} ${e?"goes-on":""} ${t.removed?"removed":""}"
        id=${`event-${t.seq}`}>
        ${e?o`<h3 class="offscreen"><${d} text=${a} /></h3>`:o`<h3 class="speaker"><${d}
            text=${a} /></h3>`}
        <div class="bubble">${t.content===null||t.content===void 0?o`<p class="faint">${t.unreadable?"The payload could not be read.":"No text"}</p>`:o`<${bt}
                text=${t.content} />`}</div>
        <p class="meta">${K(t.at,ut)}<${O} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${O}>
            ${t.edited&&o`<${jn} edited=${t.edited} />`}
            ${t.removed&&o`<${m} title="A later snapshot of the conversation lacks it">removed in <${O}
                seq=${t.removed.seq} /></${m}>`}
            ${t.derived&&o`<${m}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}</p>
    </article>`}var ls=({fields:t})=>o`<${V} class="captured"
    rows=${Object.entries(t).filter(([,e])=>!pe(e)).map(([e,s])=>[o`<${d} text=${kt(e)} />`,e==="id"&&typeof s=="string"?o`<${Q} id=${s} />`:o`<${d} text=${yt(s)} />`])} />`;function Hn({item:t}){return o`<article class="happened ${t.reason||t.fields||t.visitor?"tells":""}"
        id=${`event-${t.seq}`}>
        <h3><${J} type=${t.type} /></h3>
        <p class="meta">${K(t.at,ut)}<${O} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${O}>
            ${t.derived&&o`<${m}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}
            ${t.erased_at&&o`<${m}>erased</${m}>`}
            ${t.unreadable&&o`<${m} kind="bad">unreadable</${m}>`}
            ${t.warnings?.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
                ${M(t.warnings.length,"warning")}</${m}>`}</p>
        ${t.reason&&o`<${bt} class="reason" text=${t.reason} />`}
        ${t.fields&&o`<${ls} fields=${t.fields} />`}
        ${t.visitor&&o`<${ls} fields=${t.visitor} />`}
    </article>`}var Xt=class extends jt{constructor(e){super(e),this.state={drawn:e.first}}componentDidMount(){this.state.drawn||(this.cancel=this.props.drawer.add(this.element,()=>this.setState({drawn:!0})))}componentWillUnmount(){this.cancel?.()}shouldComponentUpdate(e,s){return s.drawn!==this.state.drawn||["chunk","zone","names"].some(n=>e[n]!==this.props[n])}render({chunk:e,names:s},{drawn:n}){return n?o`<div class="chunk">${e.rows.map(({item:a,day:r,goesOn:i},l)=>o`
            ${r&&o`<h2 class="day" key=${`day ${l}`}><span>${K(r,gt)}</span></h2>`}
            ${a.kind==="message"?o`<${zn} key=${l} item=${a} goesOn=${i} names=${s} />`:o`<${Hn} key=${l} item=${a} />`}`)}</div>`:o`<div class="chunk undrawn" ref=${a=>{this.element=a??this.element}} />`}};var cs=3,Wn=3;function Bn({conversation:t}){return o`<${V} class="about" rows=${[["Conversation",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R}
            text=${t.id} what="the conversation’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d}
            text=${t.agent_name||t.agent_id} />`],[t.lead_ids.length>1?"Leads":"Lead",t.lead_ids.length>0&&o`<span class="ids">
            ${t.lead_ids.map(e=>o`<${Q} key=${e} id=${e} />`)}</span>`],["Began",t.first_at&&o`<${k} at=${t.first_at} />`],["Last",t.last_at&&o`<${k} at=${t.last_at} />`],["Holds",o`${M(t.messages,"message")}, <a
            href=${`/trail?${new URLSearchParams({conversation:t.id})}`}>
            ${M(t.events,"event")}</a>`]]} />`}function Un(t,e){let s=b(!1),[n,a]=h(!1),r=()=>{if(!t.current)return;let{scrollTop:c,clientHeight:u,scrollHeight:$}=t.current;s.current=$-c-u<80,s.current&&a(!1)},i=(c=cs)=>{t.current&&(t.current.scrollTop=t.current.scrollHeight,c>0?requestAnimationFrame(()=>i(c-1)):r())},l=(c=cs)=>requestAnimationFrame(()=>c>0?l(c-1):r());return f(()=>{l()},[e.whole]),Y(()=>{e.news&&(s.current?i():a(!0))},[e.news]),{fresh:n,look:r,toEnd:i}}function Kn(t,{whole:e},s){f(()=>{!e||!/^#event-\d+$/.test(t)||s.all().then(()=>{let n=document.getElementById(t.slice(1));n?.scrollIntoView({block:"center"}),n?.classList.add("target")})},[t,e])}var ds={live:"Live",behind:"Not up to date",lost:"Reconnecting …"};function us({where:t}){let{id:e}=t,s=b(),n=b([]),a=P(()=>new Yt,[e]);f(()=>()=>a.close(),[a]);let r=rs(e),i=is(e,r),l=z(U),{fresh:c,look:u,toEnd:$}=Un(s,r);Kn(t.hash,r,a),f(()=>{C("Conversation",e)},[e]),D({Escape:()=>rt("/conversations")});let{conversation:p,items:v,error:T,whole:I}=r;n.current=es(v,n.current);let{assistant:G,visitor:at}=ts(p,v),ct=P(()=>({assistant:G,visitor:at}),[G,at]),St=dt(T);return o`<div class="view scroll conversation" ref=${s} onScroll=${u} tabindex="0" role="region"
        aria-label="Conversation">
        <${y} title="Conversation" lead=${o`<a class="up" href="/conversations">Conversations</a>`}>
            ${p&&o`
                ${I&&ds[i]&&o`<span class="live is-${i}"><span class="pulse" aria-hidden="true"></span>
                    ${ds[i]}</span>`}
                <${R} text=${()=>location.origin+x.conversation(e)} label="Copy link" class="" />
                <${R} text=${()=>os(v,ct)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!I} onClick=${()=>a.all().then(()=>print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${()=>$()}><${S}
                    name="down" /></button>`}
        </${y}>
        ${St&&o`<${g}
            title=${T.status===410?"This conversation was erased":"There is no such conversation"}>
            <p>${T.detail}</p><p class="id"><${d} text=${e} /></p></${g}>`}
        ${T&&!St&&o`<${j} error=${T} retry=${r.reload} />`}
        ${!p&&!T&&o`<${ht} lines=${12} />`}
        ${p&&o`<${Bn} conversation=${p} />
            <div class="timeline" data-testid="timeline">${n.current.map((oe,L)=>o`<${Xt} key=${L}
                chunk=${oe} names=${ct} zone=${l} drawer=${a} first=${L<Wn} />`)}</div>
            ${!I&&!T&&o`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${r.news?"New in this conversation":""}</p>
            ${c&&o`<div class="to-end"><button type="button" class="pill" onClick=${()=>$()}>New below<${S}
                name="down" /></button></div>`}`}
    </div>`}var we=["type","agent","conversation","lead","visitor","since","until","after","before","order"];function Dt(t,e){let s=new URLSearchParams(t);return Object.fromEntries(e.filter(n=>s.get(n)).map(n=>[n,s.get(n)]))}var ge=[["","Any time"],["1h","Last hour"],["24h","Last 24 hours"],["7d","Last 7 days"],["30d","Last 30 days"]],Vn=(t,e)=>H(t.pathname+Ct(e)),Gn=async t=>{let e={...t,params:{limit:200}},[s,n]=await Promise.all([w("/v1/stats",t),w("/v1/agents",e)]);return{types:s.types.map(({type:a})=>a).filter(Boolean),agents:n.agents}};function Yn({value:t,types:e,set:s}){let n=new Set((t??"").split(",").filter(Boolean)),a=l=>{n.delete(l)||n.add(l),s([...n].join(","))},r=n.size===0?"Type":n.size===1?o`<${d}
        text=${B([...n][0])} />`:`${n.size} types`,i=[...new Set([...e,...n])].sort();return o`<${nt} label=${r} active=${n.size>0}>${()=>o`<fieldset><legend
        class="offscreen">Types</legend>
        ${i.map(l=>o`<label class="option ${Ht(l)}" key=${l}>
            <input type="checkbox" checked=${n.has(l)} onChange=${()=>a(l)} />
            <span class="dot" aria-hidden="true"></span><${d} text=${B(l)} /></label>`)}
        ${i.length===0&&o`<p class="faint">No events yet</p>`}</fieldset>`}</${nt}>`}function Xn({value:t,agents:e,set:s}){let n=e.find(({id:i})=>i===t),a=t?o`<${d} text=${n?.name||t} />`:"Agent",r=(i,l,c)=>o`<label class="option" key=${i}>
        <input type="radio" name="agent" checked=${(t??"")===i} onChange=${()=>s(i)} onClick=${c} /><${d}
            text=${l} /></label>`;return o`<${nt} label=${a} active=${!!t}>${()=>o`<fieldset><legend class="offscreen">Agent</legend>
        ${r("","Any agent")}${e.map(({id:i,name:l})=>r(i,l||i))}</fieldset>`}</${nt}>`}var $s=t=>/^\d{4}-\d{2}-\d{2}$/.test(t??"");function Zn({since:t,until:e}){let s=n=>ge.find(([a])=>a===n)?.[1]??($s(n)||/^\d+\w$/.test(n)?n:F(n));return t&&e?`${s(t)} to ${s(e)}`:t?ge.some(([n])=>n===t)?s(t):`Since ${s(t)}`:e?`Until ${s(e)}`:"Time"}function Jn({filters:t,set:e}){let{since:s,until:n}=t,a=(r,i)=>o`<label class="field">${i}
        <input type="date" value=${$s(t[r])?t[r]:""}
            onChange=${l=>e({[r]:l.target.value})} /></label>`;return o`<${nt} label=${o`<${d} text=${Zn(t)} />`} active=${!!(s||n)}>
        ${()=>o`
        <fieldset><legend class="offscreen">Time received</legend>
        ${ge.map(([r,i])=>o`<label class="option" key=${r}><input type="radio" name="period"
            checked=${(s??"")===r&&!n} onChange=${()=>e({since:r,until:""})} />${i}</label>`)}
        <div class="fields">${a("since","From")}${a("until","Before")}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${nt}>`}var ye=[["conversation","Conversation"],["lead","Lead"],["visitor","Visitor"],["after","After event"],["before","Before event"]];function Qn({filters:t,set:e,names:s}){let n=b(),a=ye.filter(([i])=>s.includes(i)),r=i=>l=>{l.preventDefault();let c=Object.fromEntries(new FormData(n.current));i(),e(c)};return o`<${nt} label="More" class="last">${i=>o`<form key=${Ct(t)} ref=${n}
        onSubmit=${r(i)}>
        ${a.map(([l,c])=>o`<label class="field" key=${l}>${c}
            <input name=${l} defaultValue=${t[l]??""} maxlength="256" autocomplete="off" spellcheck=${!1}
                ...${l==="after"||l==="before"?{inputmode:"numeric",pattern:"[0-9]*"}:{}} /></label>`)}
        ${s.includes("order")&&o`<label class="field">Order
            <select name="order" defaultValue=${t.order??""}>
                <option value="" selected=${t.order!=="asc"}>Newest first</option>
                <option value="asc" selected=${t.order==="asc"}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${nt}>`}var be=t=>e=>{e.currentTarget.closest(".filters").querySelector("button").focus(),t()};function to({filters:t,set:e}){let s=[...ye,["email","Email"]].filter(([n])=>t[n]);return o`${s.map(([n,a])=>o`<span class="chip on" key=${n}>
        <span class="chip-text">${a} <${d} text=${t[n]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${a}`} onClick=${be(()=>e({[n]:""}))}>
            <${S} name="close" /></button>
    </span>`)}
    ${t.order==="asc"&&o`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${be(()=>e({order:""}))}><${S}
            name="close" /></button></span>`}`}function it({where:t,names:e,children:s}){let n=Dt(t.search,[...e,"email"]),[a,r]=h(!1),{data:i}=q(async p=>a?Gn(p):null,a),l=p=>Vn(t,{...n,...p}),{types:c=[],agents:u=[]}=i??{},$=Object.keys(n).length>0;return o`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${()=>r(!0)}
        onFocusIn=${()=>r(!0)}>
        ${e.includes("type")&&o`<${Yn} value=${n.type} types=${c} set=${p=>l({type:p})} />`}
        ${e.includes("agent")&&o`<${Xn} value=${n.agent} agents=${u}
            set=${p=>l({agent:p})} />`}
        ${e.includes("since")&&o`<${Jn} filters=${n} set=${l} />`}
        ${ye.some(([p])=>e.includes(p))&&o`<${Qn} filters=${n} set=${l} names=${e} />`}
        <${to} filters=${n} set=${l} />
        ${$&&o`<button type="button" class="quiet" onClick=${be(()=>H(t.pathname))}>Clear</button>`}
        ${s}
    </div>`}var ps=12,Zt=8,eo=60,Jt=matchMedia("(max-width: 760px)"),ke=class extends jt{shouldComponentUpdate(e){let{item:s,index:n,top:a,zone:r}=this.props;return e.item!==s||e.index!==n||e.top!==a||e.zone!==r}render({item:e,index:s,draw:n,top:a}){let r={top:`${a}px`};return e?o`<div class="row" role="row" style=${r} aria-rowindex=${s+2} data-index=${s}>
            ${n(e)}</div>`:o`<div class="row blank" role="row" style=${r} aria-rowindex=${s+2}><span role="cell"
            class="bone"></span></div>`}};function so(){let[t,e]=h(Jt.matches);return f(()=>{let s=()=>e(Jt.matches);return Jt.addEventListener("change",s),()=>Jt.removeEventListener("change",s)},[]),t}var no=(t,e)=>t?.seq??`at ${e}`,hs=(t,e,s,n)=>{let a=Math.floor((t/s-ps)/Zt)*Zt,r=Math.ceil(((t+e)/s+ps)/Zt)*Zt;return[Math.max(0,Math.min(a,n)),Math.min(Math.max(r,0),n)]};function oo(t,e,s){let n=b(-1),a=()=>{let l=document.activeElement?.closest?.("[data-index]");return l&&t.current.contains(l)?Number(l.dataset.index):-1},r=()=>{let l=t.current?.querySelector(`[data-index="${n.current}"] a`);l&&(n.current=-1,l.focus({preventScroll:!0}))},i=l=>{let c=t.current,u=a(),$=u<0?Math.ceil(c.scrollTop/e):Math.max(0,Math.min(s-1,u+l));n.current=$;let p=$*e,v=c.clientHeight-c.firstElementChild.offsetHeight;p<c.scrollTop?c.scrollTop=p:p+e>c.scrollTop+v&&(c.scrollTop=p+e-v),r()};D({j:()=>i(1),k:()=>i(-1)}),Y(()=>{n.current>=0&&r()})}function ao(t){if(t.target.closest("a, button")||String(getSelection()))return;t.target.closest(".row")?.querySelector(".row-link")?.dispatchEvent(new MouseEvent("click",t))}function lt({pages:t,label:e,columns:s,draw:n,place:a,empty:r,rows:[i,l]=[40,62],onTop:c,class:u=""}){let $=b(),p=z(U),v=so()?l:i,[T,I]=h({top:a?.top??0,height:900}),[G,at]=hs(T.top,T.height,v,t.count);oo($,v,t.count);let ct=()=>{let{scrollTop:L,clientHeight:Ce}=$.current;a&&(a.top=L),c?.(L<v/2);let Le=hs(L,Ce,v,t.count);(Le[0]!==G||Le[1]!==at)&&I({top:L,height:Ce})};Y(()=>{$.current.scrollTop=a?.top??0;let L=new ResizeObserver(ct);return L.observe($.current),()=>L.disconnect()},[t]),Y(()=>{t.shift&&($.current.scrollTop-=t.shift*v,t.shift=0,ct())}),f(()=>t.want(G,at+eo));let St=[];for(let L=G;L<at;L++)St.push(o`<${ke} key=${no(t.row(L),L)} item=${t.row(L)} index=${L} top=${L*v} draw=${n}
            zone=${p} />`);let oe=t.atEnd&&t.count===0;return o`<div class="list ${u}" role="table" aria-label=${e} aria-rowcount=${t.atEnd?t.count+1:-1}
            ref=${$} onScroll=${ct} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${s.map(L=>o`<span role="columnheader" class="cell-${L.key}">
                ${L.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{height:`${t.count*v}px`}} onClick=${ao}>
            ${St}</div>
        <${ro} pages=${t} none=${oe} empty=${r} />
    </div>`}function ro({pages:t,none:e,empty:s}){return t.error?o`<div class="list-foot fault" role="rowgroup"><div role="row"><div role="cell">
            <${j} error=${t.error} retry=${()=>t.retry()} /></div></div></div>`:e?o`<div class="list-foot">${s??o`<${g} title="Nothing here" />`}</div>`:t.atEnd?o`<div class="list-foot end" />`:o`<div class="list-foot">${t.count===0?o`<${ht} lines=${10} />`:o`<span
        class="faint">Loading …</span>`}</div>`}function Qt(t,e){let[,s]=h(0),n=b({});n.current.key!==e&&(n.current.pages?.close(),n.current={key:e,pages:t()},n.current.pages.reopen());let{pages:a}=n.current;return a.onChange=()=>s(r=>r+1),f(()=>Z.watch(r=>{r&&n.current.pages.error&&n.current.pages.retry()}),[]),f(()=>()=>n.current.pages.close(),[]),a}var xt=class{constructor(e,s){this.fetchPage=e,this.onChange=s??(()=>{}),this.pages=[],this.next=void 0,this.count=0,this.dropped=0,this.error=null,this.abort=new AbortController,this.loading=!1}get atEnd(){return this.next===null}close(){this.abort.abort()}reopen(){this.abort.signal.aborted&&(this.abort=new AbortController),this.loading=!1;for(let e of this.pages)e.loading=!1}find(e){let s=0,n=this.pages.length-1;for(;s<n;){let a=s+n+1>>1;this.pages[a].start<=e?s=a:n=a-1}return s}row(e){let s=this.pages[this.find(e)];return s?.rows?.[e-s.start]}want(e,s){if(this.count>0){let n=this.find(Math.max(0,e)),a=this.find(Math.min(this.count-1,s));for(let r=n;r<=a;r++)this.refill(this.pages[r]);this.trim(n+a>>1)}s>=this.count&&!this.atEnd&&!this.error&&this.more()}trim(e){this.pages.forEach((n,a)=>{Math.abs(a-e)<=12||!n.rows||(n.top=n.rows[0],n.rows=null)})}async more(){if(this.loading)return;this.loading=!0,this.error=null;let{signal:e}=this.abort;try{let s=this.next,{rows:n,next:a}=await this.fetchPage({cursor:s,signal:e});if(e.aborted)return;n.length&&this.pages.push({start:this.count,count:n.length,cursor:s,rows:n}),this.count+=n.length,this.next=a,this.shed()}catch(s){if(e.aborted)return;this.error=s}this.loading=!1,this.onChange()}async refill(e){if(e.rows||e.loading||this.error)return;e.loading=!0;let{signal:s}=this.abort;try{let{rows:n}=await this.fetchPage({cursor:e.cursor,page:e,signal:s});if(s.aborted)return;e.rows=n,n.length!==e.count&&(e.count=n.length,this.renumber())}catch(n){if(s.aborted)return;this.error=n}e.loading=!1,this.onChange()}retry(){this.error=null,this.onChange(),this.count||this.more()}prepend(e,s){let n=this.pages[0];n?.live&&n.rows&&n.count+e.length<=s?(n.rows=[...e,...n.rows],n.count=n.rows.length):this.pages.unshift({start:0,count:e.length,rows:e,live:!0}),this.renumber(),this.shedTail(),this.onChange()}shedTail(){for(;this.count>15e4;){let e=this.pages.pop();this.next={from:e.rows?.[0]??e.top},this.count-=e.count}}shed(){if(this.count<=15e4)return;let s=this.pages.splice(0,this.pages.length>>1).reduce((n,a)=>n+a.count,0);this.dropped+=s,this.shift=(this.shift??0)+s,this.renumber()}renumber(){let e=0;for(let s of this.pages)s.start=e,e+=s.count;this.count=e}};var fs=["type","agent","lead","visitor","since","until"],io=[["at","Last activity"],["conversation","Conversation"],["agent","Agent"],["lead","Lead"],["count","Events"]].map(([t,e])=>({key:t,name:e})),lo=100;function It(t,e,s,n){let a=Dt(t.search,n),[r,i]=h(0),l=`${t.key} ${t.pathname}${t.search}`,c=()=>new xt(async({cursor:v,signal:T})=>{let I=await w(e,{params:{...a,cursor:v,limit:a.email?void 0:lo},signal:T});return{rows:I[s],next:I.next}}),$=Qt(()=>{let v=Mt(l)??{place:{top:0},pages:c()};return Lt(l,v),v.pages},`${l} ${r}`),p=async()=>{let v=c();if(await v.more(),v.error)throw v.error;Lt(l,{place:{top:0},pages:v}),i(T=>T+1)};return{pages:$,filters:a,place:Mt(l).place,refresh:p}}var co=t=>o`
    <span role="cell" class="cell-at">${K(t.last_at,F)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${x.conversation(t.id)}><${d}
        text=${t.id} /></a></span>
    <span role="cell" class="cell-agent">${(t.agent_name||t.agent_id)&&o`<${d}
        text=${t.agent_name||t.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_ids.slice(0,2).map(e=>o`<${Q} key=${e}
        id=${e} />`)}
        ${t.lead_ids.length>2&&o`<span class="faint">+${t.lead_ids.length-2}</span>`}</span>
    <span role="cell" class="cell-count">${E(t.events)}<span
        class="unit"> ${t.events===1?"event":"events"}</span></span>`;function ms({where:t}){let{pages:e,place:s}=It(t,"/v1/conversations","conversations",fs);return f(()=>{C("Conversations")},[]),o`<div class="view fill"><${y} title="Conversations" />
        <${it} where=${t} names=${fs} />
        <div class="list-frame"><${lt} pages=${e} label="Conversations" columns=${io} draw=${co} place=${s}
            class="conversations"
            empty=${o`<${g} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${g}>`} /></div></div>`}var uo=4,$o=50,xe=100,vs=3e3;function po({node:t}){let[e,s]=h(!1),{raw:n,kind:a}=t;return n.length<=vs||e?o`<${d} class="json-${a}" text=${n} />`:o`<${d} class="json-${a}" text=${n.slice(0,vs)} />… <button type="button" class="quiet small"
        onClick=${()=>s(!0)}>
        show all ${M(n.length,"character")}</button>`}var gs=({text:t})=>t!==null&&o`<${d} class="json-key" text=${t} /><span class="json-mark">: </span>`;function ho({node:t,label:e,depth:s}){let{items:n,kind:a}=t,[r,i]=h(s<uo&&(s===0||n.length<=$o)),[l,c]=h(xe),[u,$]=a==="object"?"{}":"[]",p=a==="object"?M(n.length,"member"):M(n.length,"item"),v=n.length-l;return o`<button type="button" class="fold" aria-expanded=${r} onClick=${()=>i(!r)}>
            <span class="fold-mark" aria-hidden="true"></span><${gs} text=${e} /><span class="json-mark">${u}</span>
                ${!r&&o`<span class="faint"> ${p} </span><span class="json-mark">${$}</span>`}</button>
        ${r&&o`<ul>${n.slice(0,l).map((T,I)=>o`<li key=${I}><${bs} label=${T.key}
            node=${T.node} depth=${s+1} /></li>`)}
            ${v>0&&o`<li><button type="button" class="quiet small" onClick=${()=>c(l+10*xe)}>
                show ${Math.min(v,10*xe)} of ${M(v,"more","more")}</button></li>`}</ul>
            <span class="json-mark json-end">${$}</span>`}`}function bs({label:t,node:e,depth:s}){return e.items?.length?o`<${ho} node=${e} label=${t} depth=${s} />`:o`<span class="leaf"><${gs} text=${t} />${e.items?e.kind==="object"?"{}":"[]":o`
        <${po} node=${e} />`}</span>`}var ws=({node:t})=>o`<div class="json"><${bs} node=${t} label=${null} depth=${0} /></div>`;var fo=(t,e)=>t&&o`<span class="with-copy"><${d} text=${t} /><${R} text=${t}
    what=${e} class="quiet small" /></span>`,ys=(t,e)=>o`<a href=${`/trail?${new URLSearchParams({[t]:e})}`}><${d} text=${e} /></a>`;function mo({event:t}){let{agent_id:e,agent_name:s,conversation_id:n,lead_id:a,visitor_id:r}=t;return o`<${V} rows=${[["Received",o`<${k} at=${t.received_at} />`],["Occurred",t.occurred_at&&o`<${k} at=${t.occurred_at} />`],["Agent",e&&o`${s&&o`<${d} text=${s} /> `}<span class="id">
            ${ys("agent",e)}</span>`],["Conversation",n&&o`<span class="with-copy"><a class="id"
            href=${`${x.conversation(n)}#event-${t.seq}`}>
            <${d} text=${n} /></a>${t.derived&&o` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${R} text=${n} what="the conversation’s id" class="quiet small" /></span>`],["Lead",a&&o`<span class="with-copy"><${Q} id=${a} /><${R} text=${a} what="the lead’s id"
            class="quiet small" /></span>`],["Visitor",r&&o`<span class="id">${ys("visitor",r)}</span>`],["Endpoint",t.endpoint&&o`<${d} text=${t.endpoint} />`],["Erased",t.erased_at&&o`<${k} at=${t.erased_at} />`],["Size",`${st(t.size)}${t.size>=1024?` (${E(t.size)} bytes)`:""}`],["SHA-256",t.sha256&&o`<span class="mono">${fo(t.sha256,"the digest")}</span>`],["Warnings",t.warnings.length>0&&o`<ul class="plain-list">${t.warnings.map(i=>o`<li
            class="warn-text"><${d} text=${i} /></li>`)}</ul>`]]} />`}function vo({event:t}){let{received:e}=t;return o`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
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
        ${t.received_more&&o`<p class="faint">There were more deliveries than are listed.</p>`}</section>`}function go(t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{return null}}function bo(t){try{return t===null?null:_e(t)}catch{return null}}var ks=2e5;function wo({text:t}){let[e,s]=h(!1),n=!e&&t.length>ks;return o`<pre class="raw" tabindex="0" dir="ltr"><${d} lines text=${n?t.slice(0,ks):t} /></pre>
        ${n&&o`<button type="button"
            onClick=${()=>s(!0)}>Show all ${M(t.length,"character")}</button>`}`}function yo({seq:t}){let e=`/v1/events/${A(t)}/payload`,s=q(c=>w(e,{...c,as:"bytes"}),e),[n,a]=h(!1),r=P(()=>s.data&&go(s.data),[s.data]),i=P(()=>bo(r||null),[r]),l=i&&!n?()=>Ae(i):r;return o`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${i&&o`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!n} onClick=${()=>a(!1)}>Pretty</button>
                <button type="button" aria-pressed=${n} onClick=${()=>a(!0)}>Raw</button></div>`}
            ${r&&o`<${R} text=${l} what="the payload" class="" />`}
            <a class="button" href=${e} download=${`event-${t}.json`}>Download</a>
        </div></div>
        <div class="paper">${s.error?.status===410?o`<p class="faint">${s.error.detail}</p>`:o`<${_}
            of=${s} lines=${10}>${()=>r===null?o`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`:i&&!n?o`<${ws} node=${i} />`:o`<${wo} text=${r} />`}</${_}>`}</div></section>`}function xs({seq:t,words:e="that it is in the trail, unchanged"}){let s=`/v1/events/${A(t)}/proof`,[n,a]=h(!1);return o`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">${e}</span></h2>
        ${!n&&o`<div class="acts"><button type="button" onClick=${()=>a(!0)}>Show</button></div>`}</div>
        ${n&&o`<${ko} path=${s} seq=${t} />`}</section>`}function ko({path:t,seq:e}){let s=q(n=>w(t,{...n,as:"text"}),t);return s.error?.status===404?o`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${s.reload}>Look again</button></p>`:o`<${_} of=${s} lines=${5}>${n=>o`<div class="paper">
        <pre class="raw" tabindex="0">${n}</pre>
        <p class="acts"><${R} text=${n} what="the proof" class="" /><a class="button" href=${t}
            download=${`${e}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${_}>`}var xo=({seq:t,error:e})=>o`<${g} title=${o`Event <span class="number"><${d} text=${t} /></span> was erased`}>
    <p><${d} text=${e.detail} /></p></${g}>
    <${xs} key=${t} seq=${t} words="that it was taken into the trail" />`,Eo=t=>/^[1-9][0-9]{0,15}$/.test(t);function Es({where:t}){let e=t.id,s=q(a=>w(`/v1/events/${A(e)}`,a),e);f(()=>{C("Event",e)},[e]),D({Escape:()=>rt("/trail")});let n=(a,r,i)=>Eo(e)&&Number(e)+a>0&&o`<a class="button square"
        href=${x.event(Number(e)+a)}
        aria-label=${r} title=${r}><span class=${i}><${S} name="right" /></span></a>`;return o`<div class="view scroll"><${y} title=${o`Event <span class="number"><${d} text=${e} /></span>`}
            lead=${o`<a class="up" href="/trail">Trail</a>`}>
            ${n(-1,"The event before","flip")}${n(1,"The event after","")}</${y}>
        ${s.error?.status===404?o`<${g} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${g}>`:s.error?.status===410?o`<${xo} seq=${e}
            error=${s.error} />`:o`
        <${_} of=${s}>${a=>o`
            <p class="lead-line"><${J} type=${a.type} /> <span class="faint">
                ${B(a.type)===a.type?"":a.type}</span></p>
            <${mo} event=${a} />
            ${!a.erased_at&&o`<${yo} key=${e} seq=${e} />`}
            <${vo} event=${a} />
            <${xs} key=${e} seq=${e} />`}</${_}>`}</div>`}var So=1e3,To=10;async function Ss(t,e,s){let n=s;for(let a=To;a>0&&n?.next!==null;a--){let r=await w(`/v1/leads/${A(t)}`,{...e,params:{limit:So,cursor:n?.next}});n={...r,...n,events:[...n?.events??[],...r.events],next:r.next}}return n}var Co=({seq:t,type:e,conversation_id:s,occurred_at:n,received_at:a})=>({seq:t,at:n??a,type:e,conversation:s,changes:[]});function Lo({changes:t,events:e,escalations:s,intents:n}){let a=new Map(e.map(r=>[r.seq,Co(r)]));for(let r of t)a.get(r.seq)?.changes.push(r);for(let{seq:r,reason:i}of[...s,...n])a.has(r)&&(a.get(r).reason=i);return[...a.values()].sort((r,i)=>Date.parse(i.at)-Date.parse(r.at)||i.seq-r.seq)}var Ts=({value:t})=>t==null?o`<span class="faint">nothing</span>`:o`<${d}
    text=${yt(t)} />`,Mo=({change:t})=>o`<li><span class="faint"><${d} text=${kt(t.field)} /></span>
    ${t.from!==null&&o`<del><${Ts} value=${t.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${Ts} value=${t.to} /></ins></li>`;function _o({entry:t,several:e}){return o`<li class="entry"><div class="entry-head"><${J} type=${t.type} />
            <p class="meta"><${k} at=${t.at} show=${ut} /><${O} seq=${t.seq}><span
                class="offscreen">event </span>#${t.seq}</${O}>
            ${e&&t.conversation&&o`<${pt} id=${t.conversation} />`}</p></div>
        ${t.reason&&o`<${bt} class="reason" text=${t.reason} />`}
        ${t.changes.length>0&&o`<ul class="changes">${t.changes.map((s,n)=>o`<${Mo} key=${n}
            change=${s} />`)}</ul>`}</li>`}var Cs=200,Ao=({history:t,more:e})=>o`<p class="notice">These are the first ${M(t.events.length,"event")}.
    <${W} act=${e}>Load newer events</${W}></p>`;function Ro({history:t,more:e}){let s=P(()=>Lo(t),[t]),[n,a]=h(Cs);z(U);let r=[];for(let l of s.slice(0,n)){let c=_t(l.at);r.at(-1)?.key!==c&&r.push({key:c,at:l.at,entries:[]}),r.at(-1).entries.push(l)}let i=t.conversations.length>1;return o`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${t.next&&o`<${Ao} history=${t} more=${e} />`}
        ${r.map(l=>o`<div class="line-day" key=${l.key}><h3><${k} at=${l.at} show=${gt} /></h3>
            <ol class="line">${l.entries.map(c=>o`<${_o} key=${c.seq} entry=${c}
                several=${i} />`)}</ol></div>`)}
        ${s.length>n&&o`<button type="button"
            onClick=${()=>a(n+5*Cs)}>Show more of ${M(s.length,"event")}</button>`}
        ${t.changes_cut&&o`<p class="faint">There are more changes than are shown.</p>`}</section>`}function qo({lead:t}){return o`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${V} rows=${[...Ze(t).map(([e,s])=>[o`<${d} text=${kt(e)} />`,o`<span class="with-copy"><${d} text=${yt(s)} /><${R} text=${yt(s)}
                what=${kt(e)} class="quiet small" /></span>`]),["Lead",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R} text=${t.id}
            what="the lead’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d} text=${t.agent_name||t.agent_id} />`],["First seen",o`<${k} at=${t.first_at} />`],["Last seen",o`<${k} at=${t.last_at} />`],["Events",o`<a href=${`/trail?${new URLSearchParams({lead:t.id})}`}>${M(t.events,"event")}</a>`]]} />${t.profile_cut&&o`<p class="faint">The profile is larger than what is shown.</p>`}</section>`}function No({history:t}){let{conversations:e}=t;return e.length===0?null:o`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${e.length}${t.conversations_cut?"+":""}</span></h2>
        <ul class="talks">${e.map(s=>o`<li key=${s.id}><${pt} id=${s.id} />
            <span class="faint"><${k} at=${s.first_at} show=${F} /> to <${k} at=${s.last_at}
                show=${F} />, ${M(s.events,"event")}</span></li>`)}</ul></section>`}function Ls({where:t}){let{id:e}=t,s=q(i=>Ss(e,i),e);f(()=>{C("Lead",e)},[e]),D({Escape:()=>rt("/leads")});let n=async()=>{s.replace(await Ss(e,{},s.data))},a=dt(s.error),r=s.data&&ot(s.data.lead);return o`<div class="view scroll lead"><${y} title=${r?o`<${d} text=${r} />`:"Lead"} lead=${o`<a
        class="up" href="/leads">Leads</a>`} />
        ${a?o`<${g} title=${s.error.status===410?"This lead was erased":"There is no such lead"}><p>
            ${s.error.detail}</p></${g}>`:o`
        <${_} of=${s} lines=${12}>${i=>o`<div class="columns">
            <div class="column-side"><${qo} lead=${i.lead} /><${No} history=${i} /></div>
            <div class="column-main"><${Ro} history=${i} more=${n} /></div></div>`}</${_}>`}</div>`}var Ms=["agent","conversation","visitor","since","until","email"],Oo=[["at","Last activity"],["name","Lead"],["email","Email"],["company","Company"],["count","Conversations"]].map(([t,e])=>({key:t,name:e})),_s=t=>typeof t=="string"&&t!==""&&o`<${d} text=${t} />`,Do=t=>o`
    <span role="cell" class="cell-at">${K(t.last_at,F)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${x.lead(t.id)}>${ot(t.profile)?o`<${d} text=${ot(t.profile)} />`:o`<span class="id"><${d}
            text=${t.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${_s(t.profile?.email)}</span>
    <span role="cell" class="cell-company">${_s(t.profile?.company)}</span>
    <span role="cell" class="cell-count">${E(t.conversations)}${t.conversations_more&&"+"}<span
        class="unit"> ${t.conversations===1?"conversation":"conversations"}</span></span>`;function As({where:t}){let{pages:e,filters:s,place:n}=It(t,"/v1/leads","leads",Ms);return f(()=>{C("Leads")},[]),o`<div class="view fill"><${y} title="Leads" />
        <${it} where=${t} names=${Ms.filter(a=>a!=="email")} />
        <div class="list-frame"><${lt} pages=${e} label="Leads" columns=${Oo} draw=${Do} place=${n}
            class="leads"
            empty=${o`<${g} title="No leads">${s.email?o`<p>Nobody ever had this address.</p>`:o`
                <p>They appear here when contact details are captured.</p>`}</${g}>`} /></div></div>`}var Ee=864e5,Rs=[7,30,90],Io=5e3,Po=1e3,qs=5,Ft=t=>new Date(t).toISOString().slice(0,10),te=t=>t.catch(e=>{if(e.name==="AbortError")throw e;return null}),Fo=t=>Ft(Date.now()-(t-1)*Ee);async function jo(t,e){let s=Fo(t),n=(l,c)=>w(l,{...e,params:c}),[a,r,i]=await Promise.all([n("/v1/stats",{since:s}),te(n("/v1/health")),te(n("/v1/events",{limit:1}))]);return{stats:a,health:r,newest:i,since:s,range:t}}async function zo(t){let e=Ft(Date.now()),s=(c,u)=>te(w(c,{...t,params:u})),[n,a,r,i,l]=await Promise.all([s("/v1/conversations",{since:e,limit:Po}),s("/v1/rejected",{limit:qs}),s("/v1/exports"),te(w("/log/checkpoint",{...t,as:"text"})),s("/v1/events",{type:"session-escalated",limit:qs})]);return{today:e,conversations:n,rejected:a,exports:r,checkpoint:i,escalations:l}}function Ho(t,e){let s=new Map(t.days.map(a=>[a.day,a])),n=Date.now();return Array.from({length:e},(a,r)=>{let i=Ft(n-(e-1-r)*Ee),{events:l=0,types:c}=s.get(i)??{};return{day:i,events:l,types:{__proto__:null,...c}}})}var Pt=(t,e)=>t.reduce((s,n)=>s+(n.types[e]??0),0),Et=({words:t,value:e,href:s,note:n})=>o`<li class="tile"><a href=${s}><span class="tile-words">${t}</span>
    <span class="tile-value">${e}</span><span class="tile-note">${n}</span></a></li>`;function Wo({data:t,days:e}){let{stats:s,conversations:n,since:a,range:r}=t,i=t.today??Ft(Date.now()),l=n?`${E(n.conversations.length)}${n.next?"+":""}`:"…",c=`in ${r} days`,u=p=>`/trail?${new URLSearchParams({type:p,since:a})}`,$=s.totals.rejected;return o`<ul class="tiles">
        <${Et} words="Events" value=${E(e.reduce((p,v)=>p+v.events,0))} note=${c}
            href=${`/trail?since=${a}`} />
        <${Et} words="Conversations" value=${l}
            note="today" href=${`/conversations?since=${i}`} />
        <${Et} words="Escalations" value=${E(Pt(e,"session-escalated"))} note=${c}
            href=${u("session-escalated")} />
        <${Et} words="Buyer intents" value=${E(Pt(e,"buyer-intent-detected"))} note=${c}
            href=${u("buyer-intent-detected")} />
        <${Et} words="Questions" value=${E(Pt(e,"new-question"))} note=${c}
            href=${u("new-question")} />
        <${Et} words="Rejected" value=${E($)}
            note=${$?"kept, with the reason":"nothing"} href="/rejected" />
    </ul>`}function Bo(t){let[e,s]=h(null);return f(()=>{import("./chart-ZZ2XT7G3.js").then(n=>s(()=>n.Chart),()=>{})},[]),e?o`<${e} ...${t} />`:o`<div class="chart" />`}function Uo({days:t,types:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${e.map(s=>o`<th scope="col" key=${s}><${d} text=${B(s)} /></th>`)}</tr></thead>
        <tbody>${t.toReversed().map(s=>o`<tr key=${s.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({since:s.day,until:Ft(Date.parse(s.day)+Ee)})}`}>
            ${s.day}</a></th>
            <td>${E(s.events)}</td>${e.map(n=>o`<td key=${n}>
                ${E(s.types[n]??0)}</td>`)}</tr>`)}</tbody></table></div>`}var Ko=t=>[...new Set(t.flatMap(e=>Object.keys(e.types)))].sort((e,s)=>Pt(t,s)-Pt(t,e));function Vo({data:t,days:e}){let[s,n]=h(new Set),[a,r]=h(!1),i=P(()=>Ko(e),[e]),l=P(()=>i.filter(u=>!s.has(u)),[i,s]),c=u=>n($=>{let p=new Set($);return p.delete(u)||p.add(u),p});return o`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!a}
            onClick=${()=>r(!1)}>Chart</button>
            <button type="button" aria-pressed=${a} onClick=${()=>r(!0)}>Table</button></div></div>
        ${a?o`<${Uo} days=${e} types=${i} />`:o`<${Bo} days=${e} types=${l} />
            <ul class="legend">${i.map(u=>o`<li key=${u}><button type="button"
                class="quiet small ${Ht(u)}" aria-pressed=${!s.has(u)}
                onClick=${()=>c(u)}><span class="dot" aria-hidden="true"></span><${d}
                    text=${B(u)} /></button></li>`)}</ul>`}
        ${t.stats.totals.events===0&&o`<p class="faint">No events in this time.</p>`}</section>`}var Ns=()=>o`<${m} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${S}
    name="quiet" />quiet</${m}>`;function Go({data:t}){let{health:e,stats:s}=t,n=new Map(s.types.map(r=>[r.type,r.events])),a=(e?.types??[]).toSorted((r,i)=>Date.parse(i.last_at)-Date.parse(r.last_at));return o`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${a.length===0&&o`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${a.map(r=>o`<li key=${r.type}><a
            href=${`/trail?${new URLSearchParams({type:r.type})}`}><${J} type=${r.type} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Ns} />`}<span class="faint number">
                ${E(n.get(r.type)??0)}</span><${$t} at=${r.last_at} /></span></li>`)}</ul></section>`}function Yo({data:t}){let{health:e,stats:s}=t,n=new Map(s.agents.map(r=>[r.agent_id,r.events])),a=(e?.agents??[]).slice(0,8);return a.length===0?null:o`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${a.map(r=>o`<li key=${r.agent_id}><a
            href=${`/trail?${new URLSearchParams({agent:r.agent_id})}`}><${d}
            text=${r.agent_name||r.agent_id} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Ns} />`}<span class="faint number">
                ${E(n.get(r.agent_id)??0)}</span><${$t}
                at=${r.last_at} /></span></li>`)}</ul></section>`}function Xo({data:t}){let e=t.escalations?.events??[];return e.length===0?null:o`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.seq}>${s.conversation_id?o`<${pt}
            id=${s.conversation_id} />`:o`<${O} seq=${s.seq}>Event ${s.seq}</${O}>`}<span class="rows-end"><${$t}
                at=${s.occurred_at??s.received_at} /></span></li>`)}</ul></section>`}function Zo({data:t}){let e=t.rejected?.rejected??[];return e.length===0?null:o`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.number}><a class="cut" href=${x.rejection(s.number)}>
            <${d} text=${s.detail||s.title} /></a>
            <span class="rows-end"><${m} kind="bad">${s.status}</${m}><${$t}
                at=${s.received_at} /></span></li>`)}</ul></section>`}function Jo(t){let[e,s,n]=(t??"").split(`
`);return/^\d+$/.test(s??"")?{origin:e,size:Number(s),root:n}:null}function Qo({data:t}){let e=t.newest?.events[0],s=Jo(t.checkpoint),n=e&&s?e.seq-s.size:0;return o`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${V} rows=${[["Newest event",e?o`<${O} seq=${e.seq}>${E(e.seq)}</${O}> <${$t}
            class="faint" at=${e.received_at} />`:"none yet"],["Checkpoint",s?o`<${m} kind=${n>0?"":"good"}>
            ${n>0?`${E(n)} not signed yet`:"all signed"}</${m}> at ${E(s.size)}`:"none yet"],["Root",s&&o`<span class="mono"><${d} text=${s.root} /></span>`],["Log",s&&o`<span class="mono"><${d} text=${s.origin} /></span>`]]} /></section>`}function ta({data:t}){let e=t.exports?.exports??[];return o`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${e.length===0&&o`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${e.map(s=>o`<li key=${s.name}><span><${d}
            text=${s.name} /> ${s.state!=="done"&&o`<${m} kind="warn">${s.state}</${m}>`}</span>
            <span class="rows-end">${s.behind>0?o`<span class="faint">
                ${M(s.behind,"event")} behind</span>`:o`<${m} kind="good">up to date</${m}>`}
            ${s.done_at?o`<${$t} at=${s.done_at} />`:o`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`}function ea(t,e){let s=b();s.current=t,f(()=>{if(e===void 0)return;let n=null,a=()=>{n=null,qt()&&s.current()},r=wt({after:e,onEvents:()=>{n??=setTimeout(a,Io)}});return()=>{clearTimeout(n),r()}},[e===void 0])}function Os({where:t}){let e=Number(new URLSearchParams(t.search).get("days")),s=Rs.includes(e)?e:30,n=q($=>jo(s,$),`overview ${s}`,!0),a=q(zo,"rest"),{error:r}=n,i=n.data&&{...n.data,...a.data},l=()=>{n.reload(),a.reload()};ea(l,i?.newest?i.newest.events[0]?.seq??0:void 0),f(()=>{C("Overview")},[]);let c=P(()=>n.data&&Ho(n.data.stats,n.data.range),[n.data]),u=i&&i.newest?.events.length===0;return o`<div class="view scroll overview"><${y} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${Rs.map($=>o`<button type="button"
                key=${$} aria-pressed=${$===s}
                onClick=${()=>H(`/?days=${$}`,{replace:!0})}>${$} days</button>`)}</div></${y}>
        ${r&&o`<${j} error=${r} retry=${l} />`}
        ${!i&&!r&&o`<${ht} lines=${10} />`}
        ${u&&o`<${g} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${g}>`}
        ${i&&o`<${Wo} data=${i} days=${c} />
            <${Vo} data=${i} days=${c} />
            <div class="cards"><${Go} data=${i} /><${Yo} data=${i} /><${Xo} data=${i} />
                <${Zo} data=${i} />
                ${a.data&&o`<${Qo} data=${i} /><${ta} data=${i} />`}</div>
            <p class="faint asof">Since <${k} at=${i.since} show=${De} />. <${k} at=${new Date().toISOString()}
                show=${$=>`As of ${F($)}`} /></p>`}
    </div>`}var Ds=["since","until"],sa=[["at","Received"],["status","Answer"],["reason","Reason"],["endpoint","Endpoint"],["size","Size"],["seq","Number"]].map(([t,e])=>({key:t,name:e})),na=t=>o`
    <span role="cell" class="cell-at">${K(t.received_at,F)}</span>
    <span role="cell" class="cell-status"><${m} kind="bad">${t.status}</${m}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${x.rejection(t.number)}><${d}
        text=${t.detail||t.title} /></a></span>
    <span role="cell" class="cell-endpoint">${t.endpoint&&o`<${d} text=${t.endpoint} />`}</span>
    <span role="cell" class="cell-size">${st(t.size)}</span>
    <span role="cell" class="cell-seq">${t.number}</span>`,oa=3e4;function aa(t,e){let s=b();s.current=()=>{e.top===0&&t().catch(()=>{})},f(()=>{let n=()=>s.current(),a=setInterval(()=>{qt()&&n()},oa);return addEventListener("focus",n),()=>{clearInterval(a),removeEventListener("focus",n)}},[])}function Is({where:t}){let{pages:e,filters:s,place:n,refresh:a}=It(t,"/v1/rejected","rejected",Ds);return f(()=>{C("Rejected")},[]),aa(a,n),o`<div class="view fill"><${y} title="Rejected"><${W} act=${a}>Refresh</${W}></${y}>
        <${it} where=${t} names=${Ds} />
        <div class="list-frame"><${lt} pages=${e} label="Rejected deliveries" columns=${sa} draw=${na}
            place=${n} class="rejections"
            empty=${o`<${g} title="Nothing is kept here">${Object.keys(s).length>0&&o`
                <p>Of this time there is none.</p>`}</${g}>`} /></div></div>`}var Ps=4e3,Fs=8e3;function ra(t){return typeof t.body=="string"?new TextEncoder().encode(t.body):Uint8Array.from(atob(t.body_base64??""),e=>e.charCodeAt(0))}var Se=new TextDecoder("utf-8",{ignoreBOM:!0}),ia=t=>(t&192)===128;function la(t,e){if(e===null)return{before:Se.decode(t.subarray(0,Fs)),more:t.length-Fs};let s=Math.max(0,e-Ps),n=Math.min(e+1,t.length);for(;n<t.length&&n<e+4&&ia(t[n]);)n++;let a=Math.min(t.length,n+Ps),r=(i,l)=>Se.decode(t.subarray(i,l));return{skipped:s,before:r(s,e),fault:r(e,n),after:r(n,a),more:t.length-a}}function ca({rejection:t}){let e=P(()=>ra(t),[t]),{offset:s}=t,{skipped:n,before:a,fault:r,after:i,more:l}=P(()=>la(e,s),[e,s]);return f(()=>{document.querySelector(".fault")?.scrollIntoView({block:"nearest"})},[e]),o`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${t.kept<t.size?`the first ${st(t.kept)} were kept`:"as received"}</span></h2>
        <div class="acts"><${R} text=${()=>Se.decode(e)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${n>0&&o`<span
            class="faint">… ${st(n)} before\n</span>`}<${d} lines text=${a} />${s!==null&&o`<mark class="fault" title=${`byte ${s}`}><span class="offscreen">at fault: </span>
                ${r?o`<${d} text=${r} />`:"end"}</mark>`}${i&&o`<${d} lines text=${i} />`}${l>0&&o`<span
                class="faint">\n… ${st(l)} after</span>`}</pre></section>`}var da=({pointer:t})=>o`<ul class="plain-list mono">${t.split(" ").map(e=>o`<li><${d}
    text=${e} /></li>`)}</ul>`;function ua({rejection:t,onClose:e}){let[s,n]=h(null),a=async()=>{try{await vt(`/v1/rejected/${A(t.number)}`)}catch(r){return n(r)}ft(`Rejected delivery ${t.number} was dropped.`),H("/rejected",{replace:!0})};return o`<${X} title=${`Drop rejected delivery ${t.number}?`} onClose=${e}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${s&&o`<${j} error=${s} />`}
        <div class="dialog-acts"><button type="button" onClick=${e}>Keep it</button><${W} class="danger"
            act=${a}>Drop it</${W}></div></${X}>`}function $a({rejection:t,onProblem:e}){let[s,n]=h(!1);return o`<${W} act=${async()=>{try{let r=await et(`/v1/rejected/${A(t.number)}/retry`);ft(`Taken into the trail as event ${r.seq}.`,"good"),H(x.event(r.seq),{replace:!0})}catch(r){e(r)}}}>Retry</${W}>
        <button type="button" class="danger-quiet" onClick=${()=>n(!0)}>Drop</button>
        ${s&&o`<${ua} rejection=${t} onClose=${()=>n(!1)} />`}`}function js({where:t,who:e}){let{id:s}=t,n=q(i=>w(`/v1/rejected/${A(s)}`,i),s),[a,r]=h(null);return f(()=>{C("Rejected",s)},[s]),D({Escape:()=>rt("/rejected")}),o`<div class="view scroll"><${y} title=${o`Rejected <span class="number"><${d} text=${s} /></span>`}
        lead=${o`<a class="up" href="/rejected">Rejected</a>`}>
            ${n.data&&mt(e)&&o`<${$a} rejection=${n.data} onProblem=${r} />`}</${y}>
        ${a&&o`<${j} error=${a}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${j}>`}
        ${n.error?.status===404?o`<${g} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${g}>`:o`
        <${_} of=${n}>${i=>o`
            <p class="lead-line"><${m} kind="bad">${i.status}</${m}> <${d}
                text=${i.detail||i.title} /></p>
            <${V} rows=${[["Received",o`<${k} at=${i.received_at} />`],["Reason",o`<${d} text=${i.title} />`],["Byte at fault",i.offset!==null&&o`<span class="mono">${i.offset}</span>`],["Looked for at",i.pointer&&o`<${da} pointer=${i.pointer} />`],["Endpoint",i.endpoint&&o`<${d} text=${i.endpoint} />`],["Sender",i.sender&&o`<span class="mono"><${d} text=${i.sender} /></span>`],["Content type",i.content_type&&o`<span class="mono"><${d}
                    text=${i.content_type} /></span>`],["Size",st(i.size)]]} /><${ca} rejection=${i} />`}</${_}>`}</div>`}function ee({title:t,secret:e,what:s,children:n,onClose:a}){return o`<${X} title=${t} onClose=${a} held>
        <p>${n}</p>
        <p class="secret" data-testid="secret"><code>${e}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${R} text=${e} what=${s} class="primary" autofocus /><button type="button"
            onClick=${a}>Done</button></div></${X}>`}function tt({title:t,submit:e,words:s,danger:n,onClose:a,children:r,disabled:i=!1}){let l=b(),[c,u]=h({});return o`<${X} title=${t} onClose=${a}><form ref=${l} onSubmit=${async p=>{p.preventDefault(),u({busy:!0});try{await e(Object.fromEntries(new FormData(l.current)))}catch(v){u({error:v})}}}>${r}
        ${c.error&&o`<${j} error=${c.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${a}>Cancel</button>
            <button type="submit" class=${n?"danger":"primary"} disabled=${i||c.busy}
                aria-busy=${!!c.busy}>${s}</button></div></form></${X}>`}var zs=({help:t})=>o`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck=${!1} autofocus /><span class="faint">
            ${t} Letters, digits, dots, underscores, dashes.</span></label>`,pa=t=>location.origin+t;function ha({onClose:t,onSecret:e}){return o`<${tt} title="Add an endpoint" words="Add" submit=${async({label:n})=>e(await et("/v1/endpoints",{body:{label:n}}))} onClose=${t}>
        <${zs} help="What you call it by, such as the site that its deliveries come from." /></${tt}>`}function fa({endpoint:t,onClose:e,onSecret:s}){return o`<${tt} title="Rotate the endpoint" words="Rotate" submit=${async()=>s(await et(`/v1/endpoints/${A(t.id)}/rotate`))} onClose=${e}>
        <p>Makes a new secret path for <strong><${d}
            text=${t.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${tt}>`}var ma=(t,e)=>e.filter(s=>s.id!==t.id&&s.name===t.name&&s.state==="active"&&t.state==="active");function va({endpoint:t,shared:e,onClose:s,onDone:n}){let[a,r]=h(""),i=e?String(t.id):t.name;return o`<${tt} title="Retire the endpoint" words="Retire it for good" danger submit=${async()=>{await et(`/v1/endpoints/${A(t.id)}/retire`,{body:{confirm:i}}),n()}} onClose=${s}
        disabled=${a!==i}>
        <p>From now on deliveries to endpoint ${t.id}, <strong><${d}
            text=${t.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        ${e&&o`<p>Another endpoint has this name too, so it is the number that counts.</p>`}
        <label class="field"><span>Type <strong><${d} text=${i} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck=${!1} value=${a}
                onInput=${c=>r(c.target.value)} autofocus /></label></${tt}>`}var ga=(t,e,s)=>t.state==="active"&&o`
    <button type="button" class="quiet" aria-label=${`Rotate ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"rotate",endpoint:t})}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"retire",endpoint:t,shared:e})}>Retire</button>`,ba=(t,e)=>e.some(({id:s})=>s>t.id),Hs=t=>requestAnimationFrame(()=>document.querySelector(`.scroll-x[aria-labelledby="${t}"]`)?.focus());function wa({endpoints:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>[s,ma(s,t)]).map(([s,n])=>o`<tr
            key=${s.id} data-testid="endpoint">
            <td><${d} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="active"?"good":""}>${s.state}</${m}>
                ${ba(s,n)&&o` <${m} kind="warn"
                    title="It was rotated: retire it when nothing is delivered to it any more">older</${m}>`}
                ${s.retired_at&&o` <span class="faint"><${k} at=${s.retired_at} /></span>`}</td>
            <td>${s.signed?"yes":o`<span class="faint">no</span>`}</td>
            <td><${k} at=${s.created_at} /></td>
            <td class="acts">${ga(s,n.length>0,e)}</td></tr>`)}</tbody></table></div>`}function ya({onChange:t}){let e=q(l=>w("/v1/endpoints",l),"endpoints"),[s,n]=h(null),a=()=>n(null),r=({endpoint:l,name:c})=>{e.reload(),t(),n({kind:"secret",endpoint:l,name:c})},i=()=>{e.reload(),t(),a(),Hs("endpoints"),ft("The endpoint is retired: it answers 410.")};return o`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${_} of=${e} lines=${3}>${({endpoints:l})=>o`<${wa} endpoints=${l}
            show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${ha} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="rotate"&&o`<${fa} endpoint=${s.endpoint} onClose=${a}
            onSecret=${r} />`}
        ${s?.kind==="retire"&&o`<${va} endpoint=${s.endpoint} shared=${s.shared} onClose=${a}
            onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${ee} title="The endpoint’s address" secret=${pa(s.endpoint)}
            what="the address" onClose=${a}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${ee}>`}</section>`}function ka({onClose:t,onSecret:e}){return o`<${tt} title="Add a token" words="Add" submit=${async({label:n,scope:a})=>e(await et("/v1/tokens",{body:{label:n,scope:a}}))} onClose=${t}>
        <${zs} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${tt}>`}function xa({token:t,onClose:e,onDone:s}){return o`<${tt} title="Revoke the token" words="Revoke" danger submit=${async()=>{await vt(`/v1/tokens/${A(t.id)}`),s()}} onClose=${e}>
        <p>Programs that use <strong><${d}
            text=${t.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p>
        ${t.id===N.get().token&&o`<p><strong>You signed in by this one: you will be signed out.</strong></p>`}</${tt}>`}function Ea({tokens:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
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
                onClick=${()=>e({kind:"revoke",token:s})}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`}function Sa({onChange:t}){let e=q(l=>w("/v1/tokens",l),"tokens"),[s,n]=h(null),a=()=>n(null),r=({token:l})=>{e.reload(),t(),n({kind:"secret",token:l})},i=()=>{e.reload(),t(),a(),Hs("tokens"),ft("The token is revoked.")};return o`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${_} of=${e} lines=${3}>${({tokens:l})=>o`<${Ea} tokens=${l} show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${ka} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="revoke"&&o`<${xa} token=${s.token} onClose=${a} onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${ee} title="The new token" secret=${s.token} what="the token"
            onClose=${a}>Give it to whom it is for, by a way that you trust.</${ee}>`}</section>`}function Ta({changes:t}){let e=q(s=>w("/v1/acts",{...s,params:{limit:50}}),"acts");return f(()=>{t&&e.reload()},[t]),o`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${_} of=${e} lines=${5}>${({acts:s})=>o`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${s.map(n=>o`<tr key=${n.seq}><td class="nowrap"><${k} at=${n.at} /></td><td>
            ${n.who&&o`<${d} text=${n.who} />`}</td>
            <td><${d} text=${n.kind} /></td><td>${n.object&&o`<${d} text=${n.object} />`}</td>
            <td class="faint">${n.detail&&o`<${d}
                text=${n.detail} />`}</td></tr>`)}</tbody></table></div>`}</${_}></section>`}function Ws({who:t}){let[e,s]=h(0),n=()=>s(a=>a+1);return f(()=>{C("Settings")},[]),mt(t)?o`<div class="view scroll settings"><${y} title="Settings" /><${ya} onChange=${n} /><${Sa}
        onChange=${n} /><${Ta} changes=${e} /></div>`:o`<div class="view scroll"><${y} title="Settings" /><${g} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${g}></div>`}var Bs={expired:"Your session has ended. Sign in again to go on where you were.",idle:"You were signed out because nothing was done for a while."},Ca=t=>t.status===401?"No token is like that, or it was revoked.":t.detail||t.message;function Us({why:t}){let e=b(),[s,n]=h({});f(()=>{C("Sign in"),e.current.focus()},[]);let a=async r=>{r.preventDefault();let i=e.current.value.trim();if(!i)return e.current.focus();n({busy:!0});try{await Ve(i)}catch(l){n({error:Ca(l)}),e.current?.select()}};return o`<main class="alone sign-in" data-state=${N.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${Bs[t]&&o`<p class="notice" role="status">${Bs[t]}</p>`}
            <form onSubmit=${a}>
                <label for="token">API token</label>
                <input id="token" name="token" type="password" ref=${e} autocomplete="current-password" spellcheck=${!1}
                    placeholder="ht_…" required aria-describedby="token-help" aria-invalid=${!!s.error} />
                <p id="token-help" class=${s.error?"bad-text":"faint"} role=${s.error?"alert":void 0}>
                    ${s.error??o`Printed once by ${""}<code>hooktrail init</code> or <code>hooktrail token add</code>.`}</p>
                <button type="submit" class="primary" disabled=${s.busy} aria-busy=${!!s.busy}>Sign in</button>
            </form>
        </div>
        <${Kt} />
    </main>`}var Ks=100,se=1e3,La=[["at","Received"],["type","Type"],["agent","Agent"],["conversation","Conversation"],["lead","Lead"],["marks","Marks"],["seq","Event"]].map(([t,e])=>({key:t,name:e})),Ma=({event:t})=>o`
    ${t.deliveries>1&&o`<${m}
        title=${`delivered ${t.deliveries} times`}>×${E(t.deliveries)}</${m}>`}
    ${t.warnings.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
        ${M(t.warnings.length,"warning")}</${m}>`}
    ${t.derived&&o`<${m}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${m}>`}
    ${t.unreadable&&o`<${m} kind="bad" title="The payload could not be read">unreadable</${m}>`}`,_a=t=>o`
    <span role="cell" class="cell-at">${K(t.received_at,F)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${x.event(t.seq)}
        title=${B(t.type)} aria-label=${`${B(t.type)}, event ${t.seq}`}><${J} type=${t.type} /></a></span>
    <span role="cell" class="cell-agent">${t.agent_name||t.agent_id?o`<${d}
        text=${t.agent_name||t.agent_id} />`:""}</span>
    <span role="cell" class="cell-conversation">${t.conversation_id&&o`<${pt}
        id=${t.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_id&&o`<${Q} id=${t.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${Ma} event=${t} /></span>
    <span role="cell" class="cell-seq">${t.seq}</span>`;function Aa(t){let e=t.order==="asc"?-1:1,s=t.order==="asc"?"after":"before";return async({cursor:n,page:a,signal:r})=>{let i=a?.top??n?.from,l=i?{...t,[s]:i.seq+e}:{...t,cursor:n},{events:c,next:u}=await w("/v1/events",{params:{...l,limit:a?.count??Ks},signal:r});return{rows:c,next:u}}}var Vs=t=>t.order!=="asc"&&!t.until&&!t.before,ne=class{constructor(){this.rows=[],this.count=0}add(e){this.count+=e.length,this.rows=this.count<=se?[...e,...this.rows]:[]}get overflown(){return this.count>se}};function Ra(t){return{pages:new xt(Aa(t)),place:{top:0},held:new ne,newest:void 0}}function qa(t){let e=Dt(t.search,we),[s,n]=h(0),a=`${t.key} ${t.search} ${s}`,r=b({});r.current.key!==a&&(r.current={key:a,...s===0&&Mt(a)||Ra(e)},Lt(a,r.current));let i=Qt(()=>r.current.pages,a);return{filters:e,state:r.current,pages:i,renew:()=>n(l=>l+1)}}function Na({filters:t,state:e,pages:s,renew:n},a,r){let i=b(!0),l=b(a);l.current=a;let c=()=>{let{held:p}=e;e.held=new ne,p.overflown?n():p.count&&s.prepend(p.rows,Ks)},u=p=>{e.newest=p.at(-1).seq,e.held.add(p.reverse()),!l.current&&i.current?c():s.onChange()},$=s.count>0||s.atEnd;return f(()=>{if(!$||!Vs(t))return;e.newest??=s.row(0)?.seq??Number(t.after??0);let{type:p,agent:v,conversation:T,lead:I,visitor:G,since:at}=t;return wt({params:{type:p,agent:v,conversation:T,lead:I,visitor:G,since:at},after:e.newest,onEvents:u,onState:r})},[$,s]),{show:c,onTop:p=>{i.current=p}}}var Oa={connecting:"Connecting …",live:"Live",lost:"Reconnecting …",refused:"Not live"};function Da(t){return t===0?"To the newest":`${t>se?"more than ":""}${E(Math.min(t,se))} new`}function Ia({state:t,paused:e,setPaused:s}){return o`<span class="live is-${e?"paused":t}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${e?"Paused":Oa[t]}</span>
        <button type="button" aria-pressed=${e} title="p" onClick=${()=>s(!e)}>
            <${S} name=${e?"play":"pause"} />${e?"Go on":"Pause"}</button>`}function Gs({where:t}){let e=qa(t),{filters:s,state:n,pages:a,renew:r}=e,[i,l]=h(!1),[c,u]=h("connecting"),{show:$,onTop:p}=Na(e,i,u);f(()=>{C("Trail")},[]);let v=()=>{document.querySelector(".list").scrollTop=0,a.dropped?r():$()},T=G=>{l(G),!G&&n.place.top===0&&$()};D({p:()=>T(!i),".":v});let I=n.held.count;return o`<div class="view fill">
        <${y} title="Trail">${Vs(s)&&o`<${Ia} state=${c} paused=${i}
            setPaused=${T} />`}</${y}>
        <${it} where=${t} names=${we} />
        <div class="list-frame">
            <div class="fresh" role="status">${(I>0||a.dropped>0)&&o`<button type="button" class="pill"
                onClick=${v}>
                <${S} name="up" />
                    ${Da(I)}</button>`}</div>
            <${lt} pages=${a} label="Events" columns=${La} draw=${_a} place=${n.place} onTop=${p}
                class="trail"
                empty=${o`<${g} title="No events">${Object.keys(s).length?o`<p>Nothing in the trail passes these filters.</p>`:o`
                        <p>Deliveries appear here as they come.</p>`}</${g}>`} />
        </div>
    </div>`}var Te={overview:Os,trail:Gs,event:Es,conversations:ms,conversation:us,leads:As,lead:Ls,rejected:Is,rejection:js,settings:Ws,"sign-in":Us};var Pa=[["overview","/","Overview",["overview"]],["trail","/trail","Trail",["trail","event"]],["conversations","/conversations","Conversations",["conversations","conversation"]],["leads","/leads","Leads",["leads","lead"]],["rejected","/rejected","Rejected",["rejected","rejection"]],["settings","/settings","Settings",["settings"]]];function Fa({name:t,admin:e,open:s}){let n=Pa.filter(([a])=>a!=="settings"||e);return o`<nav id="navigation" aria-label="Sections" class=${s?"open":""}><ul>
        ${n.map(([a,r,i,l])=>o`<li key=${a}>
            <a href=${r} aria-current=${l.includes(t)?"page":void 0}>
                <${S} name=${a} />${i}</a></li>`)}</ul></nav>`}async function ja(){await de(),H("/sign-in")}function za({who:t}){return o`<section class="who" aria-label="You">
        <${Kt} />
        <p class="who-name" title=${`scope ${t.scope}`}>${t.name||"token"} <span class="faint">
            ${mt(t)?"admin":"read"}</span></p>
        <${W} class="quiet" act=${ja}>Sign out</${W}>
    </section>`}function Ha(){let t=z(Z),[e,s]=h(!navigator.onLine);return f(()=>{let n=()=>s(!navigator.onLine);return addEventListener("online",n),addEventListener("offline",n),()=>{removeEventListener("online",n),removeEventListener("offline",n)}},[]),t&&!e?null:o`<p class="offline" role="status" data-testid="offline">
        ${e?"This machine is offline.":"hooktraild does not answer."} What is shown may be old.</p>`}var Ys={o:"/",t:"/trail",c:"/conversations",l:"/leads",r:"/rejected"};function Wa(t){let e=b(0),s=n=>()=>{Date.now()-e.current>1200||(e.current=0,H(Ys[n]))};D({g:()=>{e.current=Date.now()},"?":t,...Object.fromEntries(Object.keys(Ys).map(n=>[n,s(n)]))})}function Ba(t){let e=b(!0);Y(()=>{let s=document.activeElement?.matches("input, textarea, select");!e.current&&!s&&document.querySelector("main h1")?.focus({preventScroll:!0}),e.current=!1},[t])}function Ua(t){t.preventDefault(),document.getElementById("main").focus()}var Ka=()=>o`<${g} title="There is no such page"><p><a href="/">To the overview</a></p></${g}>`;function Va({who:t}){let e=ae(),[s,n]=h(!1),[a,r]=h(!1);Wa(()=>r(!0)),f(()=>n(!1),[e]);let i=e.pathname;Ba(i);let l=Te[e.name]??Ka;return o`<div class="app">
        <a class="skip" href="#main" onClick=${Ua}>To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${ze} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${s}
                onClick=${()=>n(!s)}><${S} name=${s?"close":"menu"} /></button>
        </header>
        <div class=${s?"side open":"side"}>
            <${Fa} name=${e.name} admin=${mt(t)} open=${s} />
            <${za} who=${t} />
        </div>
        <main id="main" tabindex="-1"><${Ha} /><${l} key=${i} where=${e} who=${t} /></main>
        <${Ie} />
        ${a&&o`<${Pe} onClose=${()=>r(!1)} />`}
    </div>`}function Xs(){let t=z(N),e=ae();return f(()=>{t.state==="out"&&Ne()},[t.state]),f(()=>{t.state==="in"&&e.name==="sign-in"&&H("/",{replace:!0})},[t.state,e.name]),t.state==="unknown"?t.error?o`<main class="alone"><h1>hooktrail</h1><${j} error=${t.error}
            retry=${Ut} /></main>`:null:t.state==="out"?o`<${Te["sign-in"]} why=${t.why} where=${e} />`:e.name==="sign-in"?null:o`<${Va} who=${t} />`}Oe();Fe();Ge();Ut();Me(o`<${Xs} />`,document.body);
