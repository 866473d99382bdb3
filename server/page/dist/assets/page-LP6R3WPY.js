import{A as Le,B as ct,C as vt,D as _e,E as dt,F as P,G as Mt,H as E,I as L,J as tt,K as W,L as C,M as d,N as gt,O as k,P as B,Q as ut,R as Ft,S as Y,T as m,U as O,V as $t,W as J,X as R,a as It,b as Se,c as h,d as f,e as G,f as b,g as I,h as o,i as Pt,j as U,k as Te,l as St,m as ot,n as Ce,o as jt,p as A,q as y,r as Q,s as mt,t as x,u as oe,v as Tt,w as Ct,x as Me,y as z,z as at}from"./chunk-OKPHD6V3.js";var Us={overview:"M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",trail:"M2.5 4h11M2.5 8h11M2.5 12h7",conversations:"M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z",leads:"M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5",rejected:"M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2",settings:"M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4",search:"M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",menu:"M2.5 4.5h11M2.5 8h11M2.5 11.5h11",close:"M4 4l8 8M12 4l-8 8",back:"M9.5 3.5 5 8l4.5 4.5",down:"M4 6l4 4 4-4",right:"M6 4l4 4-4 4",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2v9.6L12.5 8z",up:"M8 13V3.5M4 7.5l4-4 4 4",sun:"M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",moon:"M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",auto:"M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8",quiet:"M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4",lock:"M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2"},S=({name:t})=>o`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${Us[t]} /></svg>`;function q(t,e,s=!1){let[n,a]=h({key:void 0,data:null,error:null}),[r,i]=h(0);f(()=>{let c=new AbortController,$=u=>{c.signal.aborted||a(p=>({key:e,data:p.key===e||s?p.data:null,error:null,...u}))};return t({signal:c.signal}).then(u=>$({data:u}),u=>$({error:u})),()=>c.abort()},[e,r]),f(()=>ot.watch(c=>{c&&n.error?.status===0&&i($=>$+1)}),[n]);let l=n.key===e;return{data:l||s?n.data:null,error:l?n.error:null,loading:!l||!n.data&&!n.error,reload:()=>i(c=>c+1),replace:c=>a({key:e,data:c,error:null})}}var pt=({lines:t=6})=>o`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({length:t},()=>o`<span class="bone" />`)}</div>`;function j({error:t,retry:e,children:s}){let{status:n,title:a,detail:r}=t;return o`<div class="notice bad" role="alert">
        <p><strong>${a??"Something went wrong"}</strong>${n?o` <span class="faint">${n}</span>`:null}</p>
        ${r||t.message!==a?o`<p>${r||t.message}</p>`:null}
        ${s}
        ${e&&o`<p><button type="button" onClick=${e}>Try again</button></p>`}
    </div>`}var g=({title:t,children:e})=>o`<div class="empty"><p class="empty-title">${t}</p>${e}</div>`;function _({of:t,lines:e,children:s}){return t.loading?o`<${pt} lines=${e} />`:o`${t.error&&o`<${j} error=${t.error} retry=${t.reload} />`}${t.data&&s(t.data)}`}var Lt=Pt([]),Bs=0;function ht(t,e=""){let s=++Bs;Lt.set([...Lt.get(),{id:s,text:t,kind:e}].slice(-3)),setTimeout(()=>Lt.set(Lt.get().filter(n=>n.id!==s)),5e3)}var Ae=()=>o`<div class="toasts" role="status">
    ${U(Lt).map(({id:t,text:e,kind:s})=>o`<p key=${t} class="toast ${s}">${e}</p>`)}</div>`;function X({title:t,onClose:e,held:s,children:n,class:a=""}){let r=b();return G(()=>{let u=document.activeElement;return r.current.showModal(),()=>u?.focus?.()},[]),o`<dialog ref=${r} class=${a} aria-labelledby="dialog-title" closedby=${s?"none":void 0}
        onClose=${()=>s?r.current?.showModal():e()} onClick=${u=>{u.target===r.current&&!s&&e()}} onKeyDown=${u=>{s&&u.key==="Escape"&&u.preventDefault()}} onCancel=${u=>{s&&u.preventDefault()}}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${t}</h2>
                ${!s&&o`<button type="button" class="quiet square" aria-label="Close" onClick=${e}><${S}
                    name="close" /></button>`}
            </header>
            ${n}
        </div></dialog>`}function H({act:t,children:e,class:s="",...n}){let[a,r]=h(!1);return o`<button type="button" class=${s} aria-busy=${a} disabled=${a} onClick=${async()=>{r(!0);try{await t()}catch(l){ht(l.detail||l.message,"bad")}finally{r(!1)}}} ...${n}>
        ${e}</button>`}var ae=12;function Ks(t,e){let s=()=>{let{left:a,bottom:r}=t.getBoundingClientRect(),i=document.documentElement.clientWidth-ae-e.offsetWidth;e.style.left=`${Math.max(ae,Math.min(a,i))-a}px`,e.style.maxHeight=`${Math.max(160,innerHeight-r-4-ae)}px`},n=new ResizeObserver(s);return n.observe(e),addEventListener("resize",s),s(),()=>{n.disconnect(),removeEventListener("resize",s)}}function et({label:t,active:e,children:s,class:n=""}){let[a,r]=h(!1),i=b();G(()=>a?Ks(i.current,i.current.querySelector(".panel")):void 0,[a]),f(()=>{if(!a)return;let $=i.current,u=({target:p})=>{!$.contains(p)&&!p.contains?.($)&&r(!1)};return document.addEventListener("pointerdown",u),document.addEventListener("focusin",u),()=>{document.removeEventListener("pointerdown",u),document.removeEventListener("focusin",u)}},[a]);let l=()=>{r(!1),i.current.querySelector("button").focus()};return o`<div class="menu ${n}" ref=${i} onKeyDown=${$=>{$.key!=="Escape"||!a||($.preventDefault(),l())}}>
        <button type="button" class=${e?"chip on":"chip"} aria-expanded=${a} onClick=${()=>r(!a)}>
            ${t}<${S} name="down" /></button>
        ${a&&o`<div class="panel">${s(l)}</div>`}
    </div>`}var K=({rows:t,class:e=""})=>o`<dl class="facts ${e}">
    ${t.filter(([,s])=>s!=null&&s!==!1).map(([s,n])=>o`
        <div key=${s}><dt>${s}</dt><dd>${n}</dd></div>`)}</dl>`,w=({title:t,children:e,lead:s,class:n=""})=>o`<header class="head ${n}">
    <div class="head-title">${s}<h1 tabindex="-1">${t}</h1></div>
    ${e&&o`<div class="head-acts">${e}</div>`}</header>`;var Vs=[["/","search"],["j  k","next and previous row"],["Enter","open the row"],["Esc","back to the list; close"],["p","pause the live list, or go on"],[".","show what is new"],["g  o","go to the overview"],["g  t","to the trail"],["g  c","to the conversations"],["g  l","to the leads"],["g  r","to what was rejected"],["?","this list"]],Re=({onClose:t})=>o`<${X} title="Keys" onClose=${t}>
    <dl class="keys">${Vs.map(([e,s])=>o`<div key=${e}>
        <dt>${e.split("  ").map(n=>o`<kbd>${n}</kbd>`)}</dt><dd>${s}</dd></div>`)}</dl></${X}>`;var zt=[],Gs=t=>t.closest?.("input, textarea, select, [contenteditable]");function Xs(t){if(t.defaultPrevented||t.ctrlKey||t.metaKey||t.altKey||document.querySelector("dialog[open]"))return;if(Gs(t.target)){t.key==="Escape"&&t.target.blur();return}let e=zt.findLast(s=>s.current[t.key]);e&&(t.preventDefault(),e.current[t.key](t))}var qe=()=>document.addEventListener("keydown",Xs);function N(t){let e=b(t);e.current=t,f(()=>(zt.push(e),()=>zt.splice(zt.indexOf(e),1)),[])}var Ys=1e15,Ht=(t,e,s)=>y(t,{params:{...e,limit:1},signal:s});async function Js(t,e){let{events:s}=await Ht("/v1/events",{after:t-1,before:t+1},e);return s.length?x.event(t):null}async function Zs(t,e){let{leads:s}=await y("/v1/leads",{params:{email:t},signal:e});return s.length===1?x.lead(s[0].id):s.length?`/leads?email=${encodeURIComponent(t)}`:null}async function Oe(t,e){try{await y(t,{signal:e})}catch(s){if(s instanceof St)return s.status===410;throw s}return!0}async function Qs(t,e){let[{conversations:s},{leads:n},{events:a}]=await Promise.all([Ht("/v1/conversations",{conversation:t},e),Ht("/v1/leads",{lead:t},e),Ht("/v1/events",{visitor:t},e)]);return s.length?x.conversation(t):n.length?x.lead(t):a.length?`/trail?visitor=${encodeURIComponent(t)}`:await Oe(`/v1/conversations/${A(t)}`,e)?x.conversation(t):await Oe(`/v1/leads/${A(t)}`,e)?x.lead(t):null}async function tn(t,e){let s=/^#?([1-9][0-9]*)$/.exec(t);return s&&Number(s[1])<Ys&&await Js(Number(s[1]),e)||t.includes("@")&&await Zs(t,e)||Qs(t,e)}function Ne(){let t=b(),e=b(),[s,n]=h({word:""});return N({"/":()=>{t.current.focus(),t.current.select()}}),f(()=>()=>e.current?.abort(),[]),o`<form class="search" role="search" onSubmit=${async l=>{l.preventDefault();let c=t.current.value.trim();if(!c)return;e.current?.abort(),e.current=new AbortController;let{signal:$}=e.current;n({busy:!0,word:"Searching …"});try{let u=await tn(c,$);if($.aborted||(n({word:u?"":"Nothing has that id, address or number."}),!u))return;t.current.value="",t.current.blur(),z(u)}catch(u){$.aborted||n({word:u.detail||u.message})}}}>
        <${S} name="search" />
        <input ref=${t} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${()=>{e.current?.abort(),s.word&&n({word:""})}}
            onBlur=${()=>{s.word&&!s.busy&&n({word:""})}} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck="false"
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${s.word?"search-word":"search-word none"} role="status">${s.word}</p>
    </form>`}var F=Pt({state:"unknown"}),en=15e3,sn=300*1e3,nn=3,on=120*1e3,Ie="hooktrail-used",re=Date.now(),_t=Date.now(),De=0;function an(t){if(!(t-De<5e3)){De=t;try{localStorage.setItem(Ie,String(t))}catch{}}}function Pe(){_t=Date.now(),an(_t)}function rn(){try{return Math.max(_t,Number(localStorage.getItem(Ie))||0)}catch{return _t}}function Wt(){return Date.now()-re<on&&!document.hidden}function At(t){F.get().state!=="out"&&F.set({state:"out",why:t})}Ce({csrf:()=>F.get().csrf??"",unauthorized:()=>{F.get().state==="in"&&At("expired")},used:Pe});var je=t=>F.set({state:"in",...t});async function Ut(){let t=globalThis.hooktrailSession;delete globalThis.hooktrailSession;try{je(await y("/v1/session",{signsIn:!0,early:t}))}catch(e){e instanceof St&&e.status===401?F.set({state:"out"}):F.set({state:"unknown",error:e})}}async function Fe(t){je(await Q("/v1/session",{body:{token:t},signsIn:!0}))}async function ie(t){try{await mt("/v1/session",{signsIn:!0})}catch(e){if(!t&&!(e instanceof St&&e.status===401))throw e}At(t)}var ft=t=>/\badmin\b/.test(t?.scope??"");function ln(){re=Date.now();let{state:t,idle_seconds:e}=F.get();t==="in"&&re-_t>Math.min(sn,e*1e3/nn)&&(Pe(),y("/v1/session").catch(()=>{}))}function cn(){let{state:t,idle_seconds:e,expires_at:s}=F.get();if(t!=="in")return;let n=typeof s=="number"?s*1e3:Date.parse(s??"");e&&Date.now()-rn()>e*1e3?ie("idle"):n&&Date.now()>n&&At("expired")}function ze(){for(let t of["pointerdown","keydown","wheel","touchstart"])addEventListener(t,ln,{passive:!0,capture:!0});setInterval(cn,en)}var le=Te("theme","auto");le.watch(t=>{t==="auto"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=t});var Rt=[["auto","auto","as the system"],["light","sun","light"],["dark","moon","dark"]];function Bt(){let t=U(le),e=U(ct),s=Rt.findIndex(([l])=>l===t),[,n,a]=Rt[s]??Rt[0],r=e==="UTC"?"UTC":"Local time",i=Rt[(s+1)%Rt.length];return o`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${a}. Change to ${i[2]}`}
            title=${`Theme: ${a}`}
            onClick=${()=>le.set(i[0])}><${S} name=${n} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${r}: the zone in which times are shown. Change`}
            onClick=${()=>ct.set(e==="UTC"?"local":"UTC")}>${r}</button>
    </div>`}var Kt=class{constructor(e){this.take=e,this.rest="",this.clear()}clear(){this.event={id:null,event:"message",data:null}}push(e){let s=(this.rest+e).split(`
`);if(this.rest=s.pop(),this.rest.length>4194304)throw new Error("a line of the stream is too long");for(let n of s)this.line(n.endsWith("\r")?n.slice(0,-1):n)}line(e){if(e===""){this.event.data!==null&&this.take(this.event),this.clear();return}let s=e.indexOf(":");if(s===0)return;let n=s<0?e:e.slice(0,s),a=s<0?"":e.slice(s+1).replace(/^ /,"");n==="data"?this.event.data=this.event.data===null?a:`${this.event.data}
${a}`:(n==="id"||n==="event")&&(this.event[n]=a)}};var dn=4e4,He=500,un=3e3,$n=2e3,pn=3e4;function bt(t){let e=new ce(t);return e.open(),()=>e.close()}var ce=class{constructor({params:e,after:s,onEvents:n,onState:a}){this.params=e??{},this.last=s,this.onEvents=n,this.onState=a??(()=>{}),this.wait=He,this.waiting=[],this.closed=!1,this.onVisibility=()=>this.visibility(),this.onOnline=()=>this.again(0),document.addEventListener("visibilitychange",this.onVisibility),addEventListener("online",this.onOnline)}close(){this.closed=!0,document.removeEventListener("visibilitychange",this.onVisibility),removeEventListener("online",this.onOnline),cancelAnimationFrame(this.frame),this.stop()}stop(){this.abort?.abort(),this.abort=null,clearTimeout(this.retry),clearTimeout(this.silence)}visibility(){clearTimeout(this.hiding),document.hidden?this.hiding=setTimeout(()=>{this.asleep=!0,this.stop()},pn):this.asleep&&this.again(0)}again(e){this.closed||(this.asleep=!1,this.stop(),this.retry=setTimeout(()=>this.open(),e))}async open(){let e=new AbortController;this.abort=e,this.onState("connecting");try{await this.read(e)}catch{}this.closed||this.abort!==e||this.refused||(this.onState("lost"),this.again(this.wait),this.wait=Math.min(this.wait*2,un))}async read(e){let s={Accept:"text/event-stream"};this.last!==void 0&&(s["Last-Event-ID"]=String(this.last)),this.heard(e);let n=await fetch(`/v1/stream${jt(this.params)}`,{headers:s,signal:e.signal,credentials:"same-origin",cache:"no-store"});if(!n.ok)return this.refuse(n);ot.set(!0),this.onState("live");let a=new Kt(i=>this.take(i)),r=n.body.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:i,value:l}=await r.read();if(i)return;this.wait=He,this.heard(e),a.push(l)}}refuse(e){e.status===401&&At("expired"),this.refused=e.status>=400&&e.status<500&&e.status!==429,this.refused&&this.onState("refused")}heard(e){clearTimeout(this.silence),this.silence=setTimeout(()=>e.abort(),dn)}take({id:e,data:s}){e!==null&&(this.last=Number(e),this.waiting.push(JSON.parse(s)),this.waiting.length===1&&(this.frame=requestAnimationFrame(()=>this.give())),this.waiting.length>=$n&&this.give())}give(){cancelAnimationFrame(this.frame);let e=this.waiting;this.waiting=[],this.closed||this.onEvents(e)}};var Vt=t=>typeof t=="string"&&t.trim()!==""?t.trim():null;function st(t){let e=[Vt(t?.first_name),Vt(t?.last_name)].filter(Boolean);return e.length?e.join(" "):Vt(t?.name)??Vt(t?.display_name)}var hn=new Set(["id","agent_id","agent_name","first_at","last_at","events","profile_cut"]),We=["email","phone","company","job_title"],de=t=>t==null||t===""||typeof t=="object"&&Object.keys(t).length===0;function Ue(t){let e=Object.keys(t).filter(s=>!hn.has(s)&&!We.includes(s));return[...We,...e].filter(s=>s in t&&!de(t[s])).map(s=>[s,t[s]])}var yt=t=>typeof t=="string"?t:JSON.stringify(t);function wt(t){let e=t.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)}var fn=300*1e3,Be=40,Ke={user:["visitor","Visitor"],visitor:["visitor","Visitor"],customer:["visitor","Visitor"],lead:["visitor","Visitor"],assistant:["assistant","Assistant"],ai:["assistant","Assistant"],bot:["assistant","Assistant"],agent:["human","Agent"],human:["human","Agent"],operator:["human","Agent"],staff:["human","Agent"],system:["system","System"],tool:["system","Tool"]};function mn(t){if(typeof t!="string"||t==="")return{side:"other",name:"Unknown"};let e=t.toLowerCase(),[s,n]=Object.hasOwn(Ke,e)?Ke[e]:["other",t];return{side:s,name:n}}function Ve(t,e){let s=e.findLast(({fields:n})=>st(n));return{assistant:t?.agent_name,visitor:s&&st(s.fields)}}function ue(t,e){let{side:s,name:n}=mn(t);return{side:s,name:e[s]||n}}function vn(t,e){return t?.kind==="message"&&e.kind==="message"&&t.role===e.role&&Date.parse(e.at)-Date.parse(t.at)<fn}var gn=(t,e)=>t.length===e.length&&t.every((s,n)=>s===e[n]);function Ge(t,e=[]){let s=[],n=0;for(let a=0;a<t.length;a+=Be){let r=t.slice(a,a+Be),i=e[s.length],l=n;for(let $ of r)$.at&&(n=Mt($.at));let c=i?.dayBefore===l&&gn(i.items,r);s.push(c?i:{items:r,dayBefore:l,rows:Xe(r,t[a-1],l)})}return s}function Xe(t,e,s){return t.map(n=>{let a=n.at?Mt(n.at):s,r={item:n,day:a!==s&&n.at,goesOn:a===s&&vn(e,n)};return s=a,e=n,r})}var bn=(t,e)=>JSON.stringify(t)===JSON.stringify(e);function Ye(t,e){return e.map((s,n)=>t[n]&&(t[n]===s||bn(t[n],s))?t[n]:s)}var yn=t=>["edited","removed","derived"].filter(e=>t[e]).map(e=>` (${e})`).join("");function wn({type:t,fields:e,reason:s}){let n=[st(e),e?.email,s].filter(a=>typeof a=="string"&&a!=="");return W(t)+(n.length?`: ${n.join(", ")}`:"")}function Je(t,e){return`${Xe(t).flatMap(({item:n,day:a})=>{let r=n.kind==="message"?`${ue(n.role,e).name}: ${n.content??""}`:`-- ${wn(n)} --`,i=(n.at?`${dt(n.at)}  `:"")+r+yn(n);return a?["",`---- ${vt(a)} ----`,"",i]:[i]}).join(`
`).trim()}
`}var kn=100,$e=1e3,xn=250,En=2e3;async function Ze(t,e,s,n){let a=[],r;for(;;){let i=await y(`/v1/conversations/${A(t)}`,{params:{limit:r?$e:s,cursor:r},signal:e});a=a.concat(i.items);let l={conversation:i.conversation,items:a,whole:i.next===null};if(n?.(l),l.whole)return l;r=i.next}}function Qe(t){let[e,s]=h({items:[]}),[n,a]=h(0),r=b(),i=(c,$,u)=>{$.aborted||s(p=>({...c,items:Ye(p.items,c.items),news:(p.news??0)+u}))};return f(()=>{r.current=new AbortController;let{signal:c}=r.current;return Ze(t,c,kn,$=>i($,c,0)).catch($=>{c.aborted||s({items:[],error:$})}),()=>r.current.abort()},[t,n]),{...e,refresh:async()=>{let{signal:c}=r.current;i(await Ze(t,c,$e),c,1)},reload:()=>{s({items:[]}),a(n+1)}}}var Sn=({seq:t,edited:e,removed:s})=>Math.max(t,e?.seq??0,s?.seq??0),Tn=t=>t.reduce((e,s)=>Math.max(e,Sn(s)),0);function ts(t,{whole:e,items:s,refresh:n}){let[a,r]=h("connecting"),i=b(0);return i.current=s.length,f(()=>{if(!e)return;let l=null,c=!1,$=async()=>{c=!1;try{await n()}catch{}l=null,c&&u()},u=()=>{c=!0,l??=setTimeout($,i.current>$e?En:xn)},p=bt({params:{conversation:t},after:Tn(s),onEvents:u,onState:r});return()=>{clearTimeout(l),p()}},[t,e]),a}var Cn="1500px 0px";var Mn={timeout:120},Ln=globalThis.requestIdleCallback??(t=>setTimeout(t,16)),Gt=class{constructor(){this.waiting=new Map,this.observer=new IntersectionObserver(e=>{for(let{target:s,isIntersecting:n}of e)n&&this.draw(s)},{rootMargin:Cn}),this.onPrint=()=>{this.all()},addEventListener("beforeprint",this.onPrint)}add(e,s){return this.waiting.set(e,s),this.observer.observe(e),this.plan(),()=>this.forget(e)}forget(e){this.waiting.delete(e),this.observer.unobserve(e)}draw(e){let s=this.waiting.get(e);this.forget(e),s?.()}plan(){this.planned||this.closed||(this.planned=!0,Ln(()=>{if(this.planned=!1,!(this.closed||this.waiting.size===0)){for(let e of[...this.waiting.keys()].slice(0,4))this.draw(e);this.plan()}},Mn))}all(){for(let e of[...this.waiting.keys()])this.draw(e);return new Promise(e=>{setTimeout(e)})}close(){this.closed=!0,this.observer.disconnect(),this.waiting.clear(),removeEventListener("beforeprint",this.onPrint)}};function _n({edited:t}){let[e,s]=h(!1);return o`<button type="button" class="quiet small mark" aria-expanded=${e}
        onClick=${()=>s(!e)}>edited</button>
        ${e&&o`<ol class="versions" aria-label="Earlier versions">
            ${t.previous.map((n,a)=>o`<li key=${a}><${gt} text=${n.content??""} /><${O}
                seq=${n.seq} /></li>`)}
            ${t.previous_cut&&o`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${O} seq=${t.seq} /></li></ol>`}`}function An({item:t,goesOn:e,names:s}){let{side:n,name:a}=ue(t.role,s);return o`<article class="message ${n} ${e?"goes-on":""} ${t.removed?"removed":""}"
        id=${`event-${t.seq}`}>
        ${e?o`<h3 class="offscreen"><${d} text=${a} /></h3>`:o`<h3 class="speaker"><${d}
            text=${a} /></h3>`}
        <div class="bubble">${t.content===null||t.content===void 0?o`<p class="faint">${t.unreadable?"The payload could not be read.":"No text"}</p>`:o`<${gt}
                text=${t.content} />`}</div>
        <p class="meta">${B(t.at,dt)}<${O} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${O}>
            ${t.edited&&o`<${_n} edited=${t.edited} />`}
            ${t.removed&&o`<${m} title="A later snapshot of the conversation lacks it">removed in <${O}
                seq=${t.removed.seq} /></${m}>`}
            ${t.derived&&o`<${m}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}</p>
    </article>`}var es=({fields:t})=>o`<${K} class="captured"
    rows=${Object.entries(t).filter(([,e])=>!de(e)).map(([e,s])=>[o`<${d} text=${wt(e)} />`,e==="id"&&typeof s=="string"?o`<${J} id=${s} />`:o`<${d} text=${yt(s)} />`])} />`;function Rn({item:t}){return o`<article class="happened ${t.reason||t.fields||t.visitor?"tells":""}"
        id=${`event-${t.seq}`}>
        <h3><${Y} type=${t.type} /></h3>
        <p class="meta">${B(t.at,dt)}<${O} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${O}>
            ${t.derived&&o`<${m}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}
            ${t.erased_at&&o`<${m}>erased</${m}>`}
            ${t.unreadable&&o`<${m} kind="bad">unreadable</${m}>`}
            ${t.warnings?.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
                ${L(t.warnings.length,"warning")}</${m}>`}</p>
        ${t.reason&&o`<${gt} class="reason" text=${t.reason} />`}
        ${t.fields&&o`<${es} fields=${t.fields} />`}
        ${t.visitor&&o`<${es} fields=${t.visitor} />`}
    </article>`}var Xt=class extends It{constructor(e){super(e),this.state={drawn:e.first}}componentDidMount(){this.state.drawn||(this.cancel=this.props.drawer.add(this.element,()=>this.setState({drawn:!0})))}componentWillUnmount(){this.cancel?.()}shouldComponentUpdate(e,s){return s.drawn!==this.state.drawn||["chunk","zone","names"].some(n=>e[n]!==this.props[n])}render({chunk:e,names:s},{drawn:n}){return n?o`<div class="chunk">${e.rows.map(({item:a,day:r,goesOn:i},l)=>o`
            ${r&&o`<h2 class="day" key=${`day ${l}`}><span>${B(r,vt)}</span></h2>`}
            ${a.kind==="message"?o`<${An} key=${l} item=${a} goesOn=${i} names=${s} />`:o`<${Rn} key=${l} item=${a} />`}`)}</div>`:o`<div class="chunk undrawn" ref=${a=>{this.element=a??this.element}} />`}};var qn=3;function On({conversation:t}){return o`<${K} class="about" rows=${[["Conversation",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R}
            text=${t.id} what="the conversation’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d}
            text=${t.agent_name||t.agent_id} />`],[t.lead_ids.length>1?"Leads":"Lead",t.lead_ids.length>0&&o`<span class="ids">
            ${t.lead_ids.map(e=>o`<${J} key=${e} id=${e} />`)}</span>`],["Began",t.first_at&&o`<${k} at=${t.first_at} />`],["Last",t.last_at&&o`<${k} at=${t.last_at} />`],["Holds",o`${L(t.messages,"message")}, <a
            href=${`/trail?${new URLSearchParams({conversation:t.id})}`}>
            ${L(t.events,"event")}</a>`]]} />`}function Nn(t,e){let s=b(!1),[n,a]=h(!1),r=()=>{let{scrollTop:l,clientHeight:c,scrollHeight:$}=t.current;s.current=$-l-c<80,s.current&&n&&a(!1)},i=(l=3)=>{t.current&&(t.current.scrollTop=t.current.scrollHeight,l>0&&requestAnimationFrame(()=>i(l-1)))};return G(()=>{e.news&&(s.current?i():a(!0))},[e.news]),{fresh:n,look:r,toEnd:i}}function Dn(t,{whole:e},s){f(()=>{!e||!/^#event-\d+$/.test(t)||s.all().then(()=>{let n=document.getElementById(t.slice(1));n?.scrollIntoView({block:"center"}),n?.classList.add("target")})},[t,e])}var ss={live:"Live",lost:"Reconnecting …"};function ns({where:t}){let{id:e}=t,s=b(),n=b([]),a=I(()=>new Gt,[e]);f(()=>()=>a.close(),[a]);let r=Qe(e),i=ts(e,r),l=U(ct),{fresh:c,look:$,toEnd:u}=Nn(s,r);Dn(t.hash,r,a),f(()=>{C("Conversation",e)},[e]),N({Escape:()=>at("/conversations")});let{conversation:p,items:v,error:T,whole:D}=r;n.current=Ge(v,n.current);let{assistant:V,visitor:nt}=Ve(p,v),lt=I(()=>({assistant:V,visitor:nt}),[V,nt]),Et=T?.status===404||T?.status===410;return o`<div class="view scroll conversation" ref=${s} onScroll=${$} tabindex="0" role="region"
        aria-label="Conversation">
        <${w} title="Conversation" lead=${o`<a class="up" href="/conversations">Conversations</a>`}>
            ${p&&o`
                ${D&&ss[i]&&o`<span class="live is-${i}"><span class="pulse" aria-hidden="true"></span>
                    ${ss[i]}</span>`}
                <${R} text=${()=>location.origin+x.conversation(e)} label="Copy link" class="" />
                <${R} text=${()=>Je(v,lt)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!D} onClick=${()=>a.all().then(()=>print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${()=>u()}><${S}
                    name="down" /></button>`}
        </${w}>
        ${Et&&o`<${g}
            title=${T.status===410?"This conversation was erased":"There is no such conversation"}>
            <p>${T.detail}</p><p class="id"><${d} text=${e} /></p></${g}>`}
        ${T&&!Et&&o`<${j} error=${T} retry=${r.reload} />`}
        ${!p&&!T&&o`<${pt} lines=${12} />`}
        ${p&&o`<${On} conversation=${p} />
            <div class="timeline" data-testid="timeline">${n.current.map((ne,M)=>o`<${Xt} key=${M}
                chunk=${ne} names=${lt} zone=${l} drawer=${a} first=${M<qn} />`)}</div>
            ${!D&&o`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${r.news?"New in this conversation":""}</p>
            ${c&&o`<div class="to-end"><button type="button" class="pill" onClick=${()=>u()}>New below<${S}
                name="down" /></button></div>`}`}
    </div>`}var he=["type","agent","conversation","lead","visitor","since","until","after","before","order"];function qt(t,e){let s=new URLSearchParams(t);return Object.fromEntries(e.filter(n=>s.get(n)).map(n=>[n,s.get(n)]))}var pe=[["","Any time"],["1h","Last hour"],["24h","Last 24 hours"],["7d","Last 7 days"],["30d","Last 30 days"]],In=(t,e)=>z(t.pathname+jt(e)),Pn=async t=>{let e={...t,params:{limit:200}},[s,n]=await Promise.all([y("/v1/stats",t),y("/v1/agents",e)]);return{types:s.types.map(({type:a})=>a).filter(Boolean),agents:n.agents}};function jn({value:t,types:e,set:s}){let n=new Set((t??"").split(",").filter(Boolean)),a=l=>{n.delete(l)||n.add(l),s([...n].join(","))},r=n.size===0?"Type":n.size===1?o`<${d}
        text=${W([...n][0])} />`:`${n.size} types`,i=[...new Set([...e,...n])].sort();return o`<${et} label=${r} active=${n.size>0}>${()=>o`<fieldset><legend
        class="offscreen">Types</legend>
        ${i.map(l=>o`<label class="option ${Ft(l)}" key=${l}>
            <input type="checkbox" checked=${n.has(l)} onChange=${()=>a(l)} />
            <span class="dot" aria-hidden="true"></span><${d} text=${W(l)} /></label>`)}
        ${i.length===0&&o`<p class="faint">No events yet</p>`}</fieldset>`}</${et}>`}function Fn({value:t,agents:e,set:s}){let n=e.find(({id:i})=>i===t),a=t?o`<${d} text=${n?.name||t} />`:"Agent",r=(i,l,c)=>o`<label class="option" key=${i}>
        <input type="radio" name="agent" checked=${(t??"")===i} onChange=${()=>s(i)} onClick=${c} /><${d}
            text=${l} /></label>`;return o`<${et} label=${a} active=${!!t}>${()=>o`<fieldset><legend class="offscreen">Agent</legend>
        ${r("","Any agent")}${e.map(({id:i,name:l})=>r(i,l||i))}</fieldset>`}</${et}>`}var os=t=>/^\d{4}-\d{2}-\d{2}$/.test(t??"");function zn({since:t,until:e}){let s=n=>pe.find(([a])=>a===n)?.[1]??(os(n)||/^\d+\w$/.test(n)?n:P(n));return t&&e?`${s(t)} to ${s(e)}`:t?pe.some(([n])=>n===t)?s(t):`Since ${s(t)}`:e?`Until ${s(e)}`:"Time"}function Hn({filters:t,set:e}){let{since:s,until:n}=t,a=(r,i)=>o`<label class="field">${i}
        <input type="date" value=${os(t[r])?t[r]:""}
            onChange=${l=>e({[r]:l.target.value})} /></label>`;return o`<${et} label=${o`<${d} text=${zn(t)} />`} active=${!!(s||n)}>
        ${()=>o`
        <fieldset><legend class="offscreen">Time received</legend>
        ${pe.map(([r,i])=>o`<label class="option" key=${r}><input type="radio" name="period"
            checked=${(s??"")===r&&!n} onChange=${()=>e({since:r,until:""})} />${i}</label>`)}
        <div class="fields">${a("since","From")}${a("until","Before")}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${et}>`}var fe=[["conversation","Conversation"],["lead","Lead"],["visitor","Visitor"],["after","After event"],["before","Before event"]];function Wn({filters:t,set:e,names:s}){let n=b(),a=fe.filter(([i])=>s.includes(i)),r=i=>l=>{l.preventDefault();let c=Object.fromEntries(new FormData(n.current));i(),e(c)};return o`<${et} label="More" class="last">${i=>o`<form ref=${n} onSubmit=${r(i)}>
        ${a.map(([l,c])=>o`<label class="field" key=${l}>${c}
            <input name=${l} defaultValue=${t[l]??""} maxlength="256" autocomplete="off" spellcheck="false"
                ...${l==="after"||l==="before"?{inputmode:"numeric",pattern:"[0-9]*"}:{}} /></label>`)}
        ${s.includes("order")&&o`<label class="field">Order
            <select name="order" defaultValue=${t.order??""}>
                <option value="" selected=${t.order!=="asc"}>Newest first</option>
                <option value="asc" selected=${t.order==="asc"}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${et}>`}function Un({filters:t,set:e}){let s=[...fe,["email","Email"]].filter(([n])=>t[n]);return o`${s.map(([n,a])=>o`<span class="chip on" key=${n}>
        <span class="chip-text">${a} <${d} text=${t[n]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${a}`} onClick=${()=>e({[n]:""})}>
            <${S} name="close" /></button>
    </span>`)}
    ${t.order==="asc"&&o`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${()=>e({order:""})}><${S}
            name="close" /></button></span>`}`}function rt({where:t,names:e,children:s}){let n=qt(t.search,[...e,"email"]),[a,r]=h(!1),{data:i}=q(async p=>a?Pn(p):null,a),l=p=>In(t,{...n,...p}),{types:c=[],agents:$=[]}=i??{},u=Object.keys(n).length>0;return o`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${()=>r(!0)}
        onFocusIn=${()=>r(!0)}>
        ${e.includes("type")&&o`<${jn} value=${n.type} types=${c} set=${p=>l({type:p})} />`}
        ${e.includes("agent")&&o`<${Fn} value=${n.agent} agents=${$}
            set=${p=>l({agent:p})} />`}
        ${e.includes("since")&&o`<${Hn} filters=${n} set=${l} />`}
        ${fe.some(([p])=>e.includes(p))&&o`<${Wn} key=${t.search} filters=${n} set=${l}
            names=${e} />`}
        <${Un} filters=${n} set=${l} />
        ${u&&o`<button type="button" class="quiet" onClick=${()=>z(t.pathname)}>Clear</button>`}
        ${s}
    </div>`}var as=12,Yt=8,Bn=60,Jt=matchMedia("(max-width: 760px)"),me=class extends It{shouldComponentUpdate(e){let{item:s,index:n,top:a,zone:r}=this.props;return e.item!==s||e.index!==n||e.top!==a||e.zone!==r}render({item:e,index:s,draw:n,top:a}){let r={top:`${a}px`};return e?o`<div class="row" role="row" style=${r} aria-rowindex=${s+2} data-index=${s}>
            ${n(e)}</div>`:o`<div class="row blank" role="row" style=${r} aria-rowindex=${s+2}><span role="cell"
            class="bone"></span></div>`}};function Kn(){let[t,e]=h(Jt.matches);return f(()=>{let s=()=>e(Jt.matches);return Jt.addEventListener("change",s),()=>Jt.removeEventListener("change",s)},[]),t}var Vn=(t,e)=>t?.seq??`at ${e}`,rs=(t,e,s,n)=>{let a=Math.floor((t/s-as)/Yt)*Yt,r=Math.ceil(((t+e)/s+as)/Yt)*Yt;return[Math.max(0,Math.min(a,n)),Math.min(Math.max(r,0),n)]};function Gn(t,e,s){let n=b(-1),a=()=>{let l=document.activeElement?.closest?.("[data-index]");return l&&t.current.contains(l)?Number(l.dataset.index):-1},r=()=>{let l=t.current?.querySelector(`[data-index="${n.current}"] a`);l&&(n.current=-1,l.focus({preventScroll:!0}))},i=l=>{let c=t.current,$=a(),u=$<0?Math.ceil(c.scrollTop/e):Math.max(0,Math.min(s-1,$+l));n.current=u;let p=u*e,v=c.clientHeight-c.firstElementChild.offsetHeight;p<c.scrollTop?c.scrollTop=p:p+e>c.scrollTop+v&&(c.scrollTop=p+e-v),r()};N({j:()=>i(1),k:()=>i(-1)}),G(()=>{n.current>=0&&r()})}function Xn(t){if(t.target.closest("a, button")||String(getSelection()))return;t.target.closest(".row")?.querySelector(".row-link")?.dispatchEvent(new MouseEvent("click",t))}function it({pages:t,label:e,columns:s,draw:n,place:a,empty:r,rows:[i,l]=[40,62],onTop:c,class:$=""}){let u=b(),p=U(ct),v=Kn()?l:i,[T,D]=h({top:a?.top??0,height:900}),[V,nt]=rs(T.top,T.height,v,t.count);Gn(u,v,t.count);let lt=()=>{let{scrollTop:M,clientHeight:xe}=u.current;a&&(a.top=M),c?.(M<v/2);let Ee=rs(M,xe,v,t.count);(Ee[0]!==V||Ee[1]!==nt)&&D({top:M,height:xe})};G(()=>{a?.top&&(u.current.scrollTop=a.top);let M=new ResizeObserver(lt);return M.observe(u.current),()=>M.disconnect()},[t]),G(()=>{t.shift&&(u.current.scrollTop-=t.shift*v,t.shift=0,lt())}),f(()=>t.want(V,nt+Bn));let Et=[];for(let M=V;M<nt;M++)Et.push(o`<${me} key=${Vn(t.row(M),M)} item=${t.row(M)} index=${M} top=${M*v} draw=${n}
            zone=${p} />`);let ne=t.atEnd&&t.count===0;return o`<div class="list ${$}" role="table" aria-label=${e} aria-rowcount=${t.atEnd?t.count+1:-1}
            ref=${u} onScroll=${lt} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${s.map(M=>o`<span role="columnheader" class="cell-${M.key}">
                ${M.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{height:`${t.count*v}px`}} onClick=${Xn}>
            ${Et}</div>
        <${Yn} pages=${t} none=${ne} empty=${r} />
    </div>`}function Yn({pages:t,none:e,empty:s}){return t.error?o`<div class="list-foot" role="rowgroup"><div role="row"><div role="cell">
            <${j} error=${t.error} retry=${()=>t.retry()} /></div></div></div>`:e?o`<div class="list-foot">${s??o`<${g} title="Nothing here" />`}</div>`:t.atEnd?o`<div class="list-foot end" />`:o`<div class="list-foot">${t.count===0?o`<${pt} lines=${10} />`:o`<span
        class="faint">Loading …</span>`}</div>`}function Zt(t,e){let[,s]=h(0),n=b({});n.current.key!==e&&(n.current.pages?.close(),n.current={key:e,pages:t()},n.current.pages.reopen());let{pages:a}=n.current;return a.onChange=()=>s(r=>r+1),f(()=>ot.watch(r=>{r&&n.current.pages.error&&n.current.pages.retry()}),[]),f(()=>()=>n.current.pages.close(),[]),a}var kt=class{constructor(e,s){this.fetchPage=e,this.onChange=s??(()=>{}),this.pages=[],this.next=void 0,this.count=0,this.dropped=0,this.error=null,this.abort=new AbortController,this.loading=!1}get atEnd(){return this.next===null}close(){this.abort.abort()}reopen(){this.abort.signal.aborted&&(this.abort=new AbortController),this.loading=!1;for(let e of this.pages)e.loading=!1}find(e){let s=0,n=this.pages.length-1;for(;s<n;){let a=s+n+1>>1;this.pages[a].start<=e?s=a:n=a-1}return s}row(e){let s=this.pages[this.find(e)];return s?.rows?.[e-s.start]}want(e,s){if(this.count>0){let n=this.find(Math.max(0,e)),a=this.find(Math.min(this.count-1,s));for(let r=n;r<=a;r++)this.refill(this.pages[r]);this.trim(n+a>>1)}s>=this.count&&!this.atEnd&&!this.error&&this.more()}trim(e){this.pages.forEach((n,a)=>{Math.abs(a-e)<=12||!n.rows||(n.top=n.rows[0],n.rows=null)})}async more(){if(this.loading)return;this.loading=!0,this.error=null;let{signal:e}=this.abort;try{let s=this.next,{rows:n,next:a}=await this.fetchPage({cursor:s,signal:e});if(e.aborted)return;n.length&&this.pages.push({start:this.count,count:n.length,cursor:s,rows:n}),this.count+=n.length,this.next=a,this.shed()}catch(s){if(e.aborted)return;this.error=s}this.loading=!1,this.onChange()}async refill(e){if(e.rows||e.loading)return;e.loading=!0;let{signal:s}=this.abort;try{let{rows:n}=await this.fetchPage({cursor:e.cursor,page:e,signal:s});if(s.aborted)return;e.rows=n,n.length!==e.count&&(e.count=n.length,this.renumber())}catch(n){if(s.aborted)return;this.error=n}e.loading=!1,this.onChange()}retry(){this.error=null,this.onChange(),this.count||this.more()}prepend(e,s){let n=this.pages[0];n?.live&&n.rows&&n.count+e.length<=s?(n.rows=[...e,...n.rows],n.count=n.rows.length):this.pages.unshift({start:0,count:e.length,rows:e,live:!0}),this.renumber(),this.shedTail(),this.onChange()}shedTail(){for(;this.count>15e4;){let e=this.pages.pop();this.next={from:e.rows?.[0]??e.top},this.count-=e.count}}shed(){if(this.count<=15e4)return;let s=this.pages.splice(0,this.pages.length>>1).reduce((n,a)=>n+a.count,0);this.dropped+=s,this.shift=(this.shift??0)+s,this.renumber()}renumber(){let e=0;for(let s of this.pages)s.start=e,e+=s.count;this.count=e}};var is=["type","agent","lead","visitor","since","until"],Jn=[["at","Last activity"],["conversation","Conversation"],["agent","Agent"],["lead","Lead"],["count","Events"]].map(([t,e])=>({key:t,name:e})),Zn=100;function Ot(t,e,s,n){let a=qt(t.search,n),[r,i]=h(0),l=`${t.key} ${t.pathname}${t.search}`,c=()=>new kt(async({cursor:v,signal:T})=>{let D=await y(e,{params:{...a,cursor:v,limit:a.email?void 0:Zn},signal:T});return{rows:D[s],next:D.next}}),u=Zt(()=>{let v=Ct(l)??{place:{top:0},pages:c()};return Tt(l,v),v.pages},`${l} ${r}`),p=async()=>{let v=c();if(await v.more(),v.error)throw v.error;Tt(l,{place:{top:0},pages:v}),i(T=>T+1)};return{pages:u,filters:a,place:Ct(l).place,refresh:p}}var Qn=t=>o`
    <span role="cell" class="cell-at">${B(t.last_at,P)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${x.conversation(t.id)}><${d}
        text=${t.id} /></a></span>
    <span role="cell" class="cell-agent">${(t.agent_name||t.agent_id)&&o`<${d}
        text=${t.agent_name||t.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_ids.slice(0,2).map(e=>o`<${J} key=${e}
        id=${e} />`)}
        ${t.lead_ids.length>2&&o`<span class="faint">+${t.lead_ids.length-2}</span>`}</span>
    <span role="cell" class="cell-count">${E(t.events)}<span
        class="unit"> ${t.events===1?"event":"events"}</span></span>`;function ls({where:t}){let{pages:e,place:s}=Ot(t,"/v1/conversations","conversations",is);return f(()=>{C("Conversations")},[]),o`<div class="view fill"><${w} title="Conversations" />
        <${rt} where=${t} names=${is} />
        <div class="list-frame"><${it} pages=${e} label="Conversations" columns=${Jn} draw=${Qn} place=${s}
            class="conversations"
            empty=${o`<${g} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${g}>`} /></div></div>`}var to=/[ \t\r\n]*/y,cs=/"(?:[^"\\]|\\.)*"/sy,eo=/-?[0-9][0-9.eE+-]*|true|false|null/y;function ds(t){let e=new ve(t),s=e.value(0);return e.skip(),e.at!==t.length&&e.fail(),s}var ve=class{constructor(e){this.text=e,this.at=0}fail(){throw new SyntaxError(`not JSON at ${this.at}`)}match(e){e.lastIndex=this.at;let s=e.exec(this.text);return s||this.fail(),this.at+=s[0].length,s[0]}skip(){this.match(to)}take(e){return this.text[this.at]!==e?!1:(this.at++,!0)}value(e){if(e>256&&this.fail(),this.skip(),this.take("{"))return this.container("object","}",e);if(this.take("["))return this.container("array","]",e);if(this.text[this.at]==='"')return{kind:"string",raw:this.match(cs)};let s=this.match(eo);return{kind:/[-0-9]/.test(s[0])?"number":"word",raw:s}}container(e,s,n){let a=[];if(this.skip(),this.take(s))return{kind:e,items:a};for(;;){if(a.push(this.item(e,n)),this.skip(),this.take(s))return{kind:e,items:a};this.take(",")||this.fail()}}item(e,s){if(e==="array")return{key:null,node:this.value(s+1)};this.skip();let n=this.match(cs);return this.skip(),this.take(":")||this.fail(),{key:n,node:this.value(s+1)}}};function ge(t,e=""){if(!t.items)return t.raw;let[s,n]=t.kind==="object"?"{}":"[]";if(t.items.length===0)return s+n;let a=`${e}  `,r=t.items.map(({key:i,node:l})=>`${a}${i===null?"":`${i}: `}${ge(l,a)}`);return`${s}
${r.join(`,
`)}
${e}${n}`}var so=4,no=50,be=100,us=3e3;function oo({node:t}){let[e,s]=h(!1),{raw:n,kind:a}=t;return n.length<=us||e?o`<${d} class="json-${a}" text=${n} />`:o`<${d} class="json-${a}" text=${n.slice(0,us)} />… <button type="button" class="quiet small"
        onClick=${()=>s(!0)}>
        show all ${L(n.length,"character")}</button>`}var $s=({text:t})=>t!==null&&o`<${d} class="json-key" text=${t} /><span class="json-mark">: </span>`;function ao({node:t,label:e,depth:s}){let{items:n,kind:a}=t,[r,i]=h(s<so&&(s===0||n.length<=no)),[l,c]=h(be),[$,u]=a==="object"?"{}":"[]",p=a==="object"?L(n.length,"member"):L(n.length,"item"),v=n.length-l;return o`<button type="button" class="fold" aria-expanded=${r} onClick=${()=>i(!r)}>
            <span class="fold-mark" aria-hidden="true"></span><${$s} text=${e} /><span class="json-mark">${$}</span>
                ${!r&&o`<span class="faint"> ${p} </span><span class="json-mark">${u}</span>`}</button>
        ${r&&o`<ul>${n.slice(0,l).map((T,D)=>o`<li key=${D}><${ps} label=${T.key}
            node=${T.node} depth=${s+1} /></li>`)}
            ${v>0&&o`<li><button type="button" class="quiet small" onClick=${()=>c(l+10*be)}>
                show ${Math.min(v,10*be)} of ${L(v,"more","more")}</button></li>`}</ul>
            <span class="json-mark json-end">${u}</span>`}`}function ps({label:t,node:e,depth:s}){return e.items?.length?o`<${ao} node=${e} label=${t} depth=${s} />`:o`<span class="leaf"><${$s} text=${t} />${e.items?e.kind==="object"?"{}":"[]":o`
        <${oo} node=${e} />`}</span>`}var hs=({node:t})=>o`<div class="json"><${ps} node=${t} label=${null} depth=${0} /></div>`;var ro=(t,e)=>t&&o`<span class="with-copy"><${d} text=${t} /><${R} text=${t}
    what=${e} class="quiet small" /></span>`,fs=(t,e)=>o`<a href=${`/trail?${new URLSearchParams({[t]:e})}`}><${d} text=${e} /></a>`;function io({event:t}){let{agent_id:e,agent_name:s,conversation_id:n,lead_id:a,visitor_id:r}=t;return o`<${K} rows=${[["Received",o`<${k} at=${t.received_at} />`],["Occurred",t.occurred_at&&o`<${k} at=${t.occurred_at} />`],["Agent",e&&o`${s&&o`<${d} text=${s} /> `}<span class="id">
            ${fs("agent",e)}</span>`],["Conversation",n&&o`<span class="with-copy"><a class="id"
            href=${`${x.conversation(n)}#event-${t.seq}`}>
            <${d} text=${n} /></a>${t.derived&&o` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${R} text=${n} what="the conversation’s id" class="quiet small" /></span>`],["Lead",a&&o`<span class="with-copy"><${J} id=${a} /><${R} text=${a} what="the lead’s id"
            class="quiet small" /></span>`],["Visitor",r&&o`<span class="id">${fs("visitor",r)}</span>`],["Endpoint",t.endpoint&&o`<${d} text=${t.endpoint} />`],["Erased",t.erased_at&&o`<${k} at=${t.erased_at} />`],["Size",`${tt(t.size)}${t.size>=1024?` (${E(t.size)} bytes)`:""}`],["SHA-256",t.sha256&&o`<span class="mono">${ro(t.sha256,"the digest")}</span>`],["Warnings",t.warnings.length>0&&o`<ul class="plain-list">${t.warnings.map(i=>o`<li
            class="warn-text"><${d} text=${i} /></li>`)}</ul>`]]} />`}function lo({event:t}){let{received:e}=t;return o`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
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
        ${t.received_more&&o`<p class="faint">There were more deliveries than are listed.</p>`}</section>`}function co(t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{return null}}function uo(t){try{return t===null?null:ds(t)}catch{return null}}var ms=2e5;function $o({text:t}){let[e,s]=h(!1),n=!e&&t.length>ms;return o`<pre class="raw" tabindex="0" dir="ltr"><${d} lines text=${n?t.slice(0,ms):t} /></pre>
        ${n&&o`<button type="button"
            onClick=${()=>s(!0)}>Show all ${L(t.length,"character")}</button>`}`}function po({seq:t}){let e=`/v1/events/${A(t)}/payload`,s=q(c=>y(e,{...c,as:"bytes"}),e),[n,a]=h(!1),r=I(()=>s.data&&co(s.data),[s.data]),i=I(()=>uo(r||null),[r]),l=i&&!n?()=>ge(i):r;return o`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${i&&o`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!n} onClick=${()=>a(!1)}>Pretty</button>
                <button type="button" aria-pressed=${n} onClick=${()=>a(!0)}>Raw</button></div>`}
            ${r&&o`<${R} text=${l} what="the payload" class="" />`}
            <a class="button" href=${e} download=${`event-${t}.json`}>Download</a>
        </div></div>
        <div class="paper">${s.error?.status===410?o`<p class="faint">${s.error.detail}</p>`:o`<${_}
            of=${s} lines=${10}>${()=>r===null?o`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`:i&&!n?o`<${hs} node=${i} />`:o`<${$o} text=${r} />`}</${_}>`}</div></section>`}function vs({seq:t,words:e="that it is in the trail, unchanged"}){let s=`/v1/events/${A(t)}/proof`,[n,a]=h(!1);return o`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">${e}</span></h2>
        ${!n&&o`<div class="acts"><button type="button" onClick=${()=>a(!0)}>Show</button></div>`}</div>
        ${n&&o`<${ho} path=${s} seq=${t} />`}</section>`}function ho({path:t,seq:e}){let s=q(n=>y(t,{...n,as:"text"}),t);return s.error?.status===404?o`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${s.reload}>Look again</button></p>`:o`<${_} of=${s} lines=${5}>${n=>o`<div class="paper">
        <pre class="raw" tabindex="0">${n}</pre>
        <p class="acts"><${R} text=${n} what="the proof" class="" /><a class="button" href=${t}
            download=${`${e}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${_}>`}var fo=({seq:t,error:e})=>o`<${g} title=${o`Event <span class="number"><${d} text=${t} /></span> was erased`}>
    <p><${d} text=${e.detail} /></p></${g}>
    <${vs} key=${t} seq=${t} words="that it was taken into the trail" />`,mo=t=>/^[1-9][0-9]{0,15}$/.test(t);function gs({where:t}){let e=t.id,s=q(a=>y(`/v1/events/${A(e)}`,a),e);f(()=>{C("Event",e)},[e]),N({Escape:()=>at("/trail")});let n=(a,r,i)=>mo(e)&&Number(e)+a>0&&o`<a class="button square"
        href=${x.event(Number(e)+a)}
        aria-label=${r} title=${r}><span class=${i}><${S} name="right" /></span></a>`;return o`<div class="view scroll"><${w} title=${o`Event <span class="number"><${d} text=${e} /></span>`}
            lead=${o`<a class="up" href="/trail">Trail</a>`}>
            ${n(-1,"The event before","flip")}${n(1,"The event after","")}</${w}>
        ${s.error?.status===404?o`<${g} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${g}>`:s.error?.status===410?o`<${fo} seq=${e}
            error=${s.error} />`:o`
        <${_} of=${s}>${a=>o`
            <p class="lead-line"><${Y} type=${a.type} /> <span class="faint">
                ${W(a.type)===a.type?"":a.type}</span></p>
            <${io} event=${a} />
            ${!a.erased_at&&o`<${po} key=${e} seq=${e} />`}
            <${lo} event=${a} />
            <${vs} key=${e} seq=${e} />`}</${_}>`}</div>`}var vo=1e3,bs=(t,e,s)=>y(`/v1/leads/${A(t)}`,{...e,params:{limit:vo,cursor:s}}),go=({seq:t,type:e,conversation_id:s,occurred_at:n,received_at:a})=>({seq:t,at:n??a,type:e,conversation:s,changes:[]});function bo({changes:t,events:e,escalations:s,intents:n}){let a=new Map(e.map(l=>[l.seq,go(l)])),r=(l,c,$)=>(a.has(l)||a.set(l,{seq:l,at:c,type:$,changes:[]}),a.get(l));for(let l of t)r(l.seq,l.at,"new-contact").changes.push(l);let i=[...s.map(l=>["session-escalated",l]),...n.map(l=>["buyer-intent-detected",l])];for(let[l,{seq:c,at:$,reason:u,conversation_id:p}]of i){let v=r(c,$,l);v.reason=u,v.conversation??=p}return[...a.values()].sort((l,c)=>Date.parse(c.at)-Date.parse(l.at)||c.seq-l.seq)}var ys=({value:t})=>t==null?o`<span class="faint">nothing</span>`:o`<${d}
    text=${yt(t)} />`,yo=({change:t})=>o`<li><span class="faint"><${d} text=${wt(t.field)} /></span>
    ${t.from!==null&&o`<del><${ys} value=${t.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${ys} value=${t.to} /></ins></li>`;function wo({entry:t,several:e}){return o`<li class="entry"><div class="entry-head"><${Y} type=${t.type} />
            <p class="meta"><${k} at=${t.at} show=${dt} /><${O} seq=${t.seq}><span
                class="offscreen">event </span>#${t.seq}</${O}>
            ${e&&t.conversation&&o`<${$t} id=${t.conversation} />`}</p></div>
        ${t.reason&&o`<${gt} class="reason" text=${t.reason} />`}
        ${t.changes.length>0&&o`<ul class="changes">${t.changes.map((s,n)=>o`<${yo} key=${n}
            change=${s} />`)}</ul>`}</li>`}var ws=200;function ko({history:t}){let e=I(()=>bo(t),[t]),[s,n]=h(ws),a=[];for(let i of e.slice(0,s)){let l=Mt(i.at);a.at(-1)?.key!==l&&a.push({key:l,at:i.at,entries:[]}),a.at(-1).entries.push(i)}let r=t.conversations.length>1;return o`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${a.map(i=>o`<div class="line-day" key=${i.key}><h3><${k} at=${i.at} show=${vt} /></h3>
            <ol class="line">${i.entries.map(l=>o`<${wo} key=${l.seq} entry=${l}
                several=${r} />`)}</ol></div>`)}
        ${e.length>s&&o`<button type="button"
            onClick=${()=>n(s+5*ws)}>Show more of ${L(e.length,"event")}</button>`}
        ${t.changes_cut&&o`<p class="faint">There are more changes than are shown.</p>`}</section>`}function xo({lead:t}){return o`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${K} rows=${[...Ue(t).map(([e,s])=>[o`<${d} text=${wt(e)} />`,o`<span class="with-copy"><${d} text=${yt(s)} /><${R} text=${yt(s)}
                what=${wt(e)} class="quiet small" /></span>`]),["Lead",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R} text=${t.id}
            what="the lead’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d} text=${t.agent_name||t.agent_id} />`],["First seen",o`<${k} at=${t.first_at} />`],["Last seen",o`<${k} at=${t.last_at} />`],["Events",o`<a href=${`/trail?${new URLSearchParams({lead:t.id})}`}>${L(t.events,"event")}</a>`]]} />${t.profile_cut&&o`<p class="faint">The profile is larger than what is shown.</p>`}</section>`}function Eo({history:t}){let{conversations:e}=t;return e.length===0?null:o`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${e.length}${t.conversations_cut?"+":""}</span></h2>
        <ul class="talks">${e.map(s=>o`<li key=${s.id}><${$t} id=${s.id} />
            <span class="faint"><${k} at=${s.first_at} show=${P} /> to <${k} at=${s.last_at}
                show=${P} />, ${L(s.events,"event")}</span></li>`)}</ul></section>`}function ks({where:t}){let{id:e}=t,s=q(i=>bs(e,i),e);f(()=>{C("Lead",e)},[e]),N({Escape:()=>at("/leads")});let n=async()=>{let i=await bs(e,{},s.data.next);s.replace({...s.data,events:[...s.data.events,...i.events],next:i.next})},a=s.error?.status===404||s.error?.status===410,r=s.data&&st(s.data.lead);return o`<div class="view scroll lead"><${w} title=${r?o`<${d} text=${r} />`:"Lead"} lead=${o`<a
        class="up" href="/leads">Leads</a>`} />
        ${a?o`<${g} title=${s.error.status===410?"This lead was erased":"There is no such lead"}><p>
            ${s.error.detail}</p></${g}>`:o`
        <${_} of=${s} lines=${12}>${i=>o`<div class="columns">
            <div class="column-side"><${xo} lead=${i.lead} /><${Eo} history=${i} /></div>
            <div class="column-main"><${ko} history=${i} />
                ${i.next&&o`<p><${H}
                    act=${n}>Load more events</${H}></p>`}</div></div>`}</${_}>`}</div>`}var xs=["agent","conversation","visitor","since","until","email"],So=[["at","Last activity"],["name","Lead"],["email","Email"],["company","Company"],["count","Conversations"]].map(([t,e])=>({key:t,name:e})),Es=t=>typeof t=="string"&&t!==""&&o`<${d} text=${t} />`,To=t=>o`
    <span role="cell" class="cell-at">${B(t.last_at,P)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${x.lead(t.id)}>${st(t.profile)?o`<${d} text=${st(t.profile)} />`:o`<span class="id"><${d}
            text=${t.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${Es(t.profile?.email)}</span>
    <span role="cell" class="cell-company">${Es(t.profile?.company)}</span>
    <span role="cell" class="cell-count">${E(t.conversations)}${t.conversations_more&&"+"}<span
        class="unit"> ${t.conversations===1?"conversation":"conversations"}</span></span>`;function Ss({where:t}){let{pages:e,filters:s,place:n}=Ot(t,"/v1/leads","leads",xs);return f(()=>{C("Leads")},[]),o`<div class="view fill"><${w} title="Leads" />
        <${rt} where=${t} names=${xs.filter(a=>a!=="email")} />
        <div class="list-frame"><${it} pages=${e} label="Leads" columns=${So} draw=${To} place=${n}
            class="leads"
            empty=${o`<${g} title="No leads">${s.email?o`<p>Nobody ever had this address.</p>`:o`
                <p>They appear here when contact details are captured.</p>`}</${g}>`} /></div></div>`}var ye=864e5,Ts=[7,30,90],Co=5e3,Mo=1e3,Cs=5,Dt=t=>new Date(t).toISOString().slice(0,10),Qt=t=>t.catch(e=>{if(e.name==="AbortError")throw e;return null}),Lo=t=>Dt(Date.now()-(t-1)*ye);async function _o(t,e){let s=Lo(t),n=(l,c)=>y(l,{...e,params:c}),[a,r,i]=await Promise.all([n("/v1/stats",{since:s}),Qt(n("/v1/health")),Qt(n("/v1/events",{limit:1}))]);return{stats:a,health:r,newest:i,since:s,range:t}}async function Ao(t){let e=Dt(Date.now()),s=(c,$)=>Qt(y(c,{...t,params:$})),[n,a,r,i,l]=await Promise.all([s("/v1/conversations",{since:e,limit:Mo}),s("/v1/rejected",{limit:Cs}),s("/v1/exports"),Qt(y("/log/checkpoint",{...t,as:"text"})),s("/v1/events",{type:"session-escalated",limit:Cs})]);return{today:e,conversations:n,rejected:a,exports:r,checkpoint:i,escalations:l}}function Ro(t,e){let s=new Map(t.days.map(a=>[a.day,a])),n=Date.now();return Array.from({length:e},(a,r)=>{let i=Dt(n-(e-1-r)*ye),{events:l=0,types:c}=s.get(i)??{};return{day:i,events:l,types:{__proto__:null,...c}}})}var Nt=(t,e)=>t.reduce((s,n)=>s+(n.types[e]??0),0),xt=({words:t,value:e,href:s,note:n})=>o`<li class="tile"><a href=${s}><span class="tile-words">${t}</span>
    <span class="tile-value">${e}</span><span class="tile-note">${n}</span></a></li>`;function qo({data:t,days:e}){let{stats:s,conversations:n,since:a,range:r}=t,i=t.today??Dt(Date.now()),l=n?`${E(n.conversations.length)}${n.next?"+":""}`:"…",c=`in ${r} days`,$=p=>`/trail?${new URLSearchParams({type:p,since:a})}`,u=s.totals.rejected;return o`<ul class="tiles">
        <${xt} words="Events" value=${E(e.reduce((p,v)=>p+v.events,0))} note=${c}
            href=${`/trail?since=${a}`} />
        <${xt} words="Conversations" value=${l}
            note="today" href=${`/conversations?since=${i}`} />
        <${xt} words="Escalations" value=${E(Nt(e,"session-escalated"))} note=${c}
            href=${$("session-escalated")} />
        <${xt} words="Buyer intents" value=${E(Nt(e,"buyer-intent-detected"))} note=${c}
            href=${$("buyer-intent-detected")} />
        <${xt} words="Questions" value=${E(Nt(e,"new-question"))} note=${c}
            href=${$("new-question")} />
        <${xt} words="Rejected" value=${E(u)}
            note=${u?"kept, with the reason":"nothing"} href="/rejected" />
    </ul>`}function Oo(t){let[e,s]=h(null);return f(()=>{import("./chart-XLAXBD6R.js").then(n=>s(()=>n.Chart),()=>{})},[]),e?o`<${e} ...${t} />`:o`<div class="chart" />`}function No({days:t,types:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${e.map(s=>o`<th scope="col" key=${s}><${d} text=${W(s)} /></th>`)}</tr></thead>
        <tbody>${t.toReversed().map(s=>o`<tr key=${s.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({since:s.day,until:Dt(Date.parse(s.day)+ye)})}`}>
            ${s.day}</a></th>
            <td>${E(s.events)}</td>${e.map(n=>o`<td key=${n}>
                ${E(s.types[n]??0)}</td>`)}</tr>`)}</tbody></table></div>`}var Do=t=>[...new Set(t.flatMap(e=>Object.keys(e.types)))].sort((e,s)=>Nt(t,s)-Nt(t,e));function Io({data:t,days:e}){let[s,n]=h(new Set),[a,r]=h(!1),i=I(()=>Do(e),[e]),l=I(()=>i.filter($=>!s.has($)),[i,s]),c=$=>n(u=>{let p=new Set(u);return p.delete($)||p.add($),p});return o`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!a}
            onClick=${()=>r(!1)}>Chart</button>
            <button type="button" aria-pressed=${a} onClick=${()=>r(!0)}>Table</button></div></div>
        ${a?o`<${No} days=${e} types=${i} />`:o`<${Oo} days=${e} types=${l} />
            <ul class="legend">${i.map($=>o`<li key=${$}><button type="button"
                class="quiet small ${Ft($)}" aria-pressed=${!s.has($)}
                onClick=${()=>c($)}><span class="dot" aria-hidden="true"></span><${d}
                    text=${W($)} /></button></li>`)}</ul>`}
        ${t.stats.totals.events===0&&o`<p class="faint">No events in this time.</p>`}</section>`}var Ms=()=>o`<${m} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${S}
    name="quiet" />quiet</${m}>`;function Po({data:t}){let{health:e,stats:s}=t,n=new Map(s.types.map(r=>[r.type,r.events])),a=(e?.types??[]).toSorted((r,i)=>Date.parse(i.last_at)-Date.parse(r.last_at));return o`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${a.length===0&&o`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${a.map(r=>o`<li key=${r.type}><a
            href=${`/trail?${new URLSearchParams({type:r.type})}`}><${Y} type=${r.type} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Ms} />`}<span class="faint number">
                ${E(n.get(r.type)??0)}</span><${ut} at=${r.last_at} /></span></li>`)}</ul></section>`}function jo({data:t}){let{health:e,stats:s}=t,n=new Map(s.agents.map(r=>[r.agent_id,r.events])),a=(e?.agents??[]).slice(0,8);return a.length===0?null:o`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${a.map(r=>o`<li key=${r.agent_id}><a
            href=${`/trail?${new URLSearchParams({agent:r.agent_id})}`}><${d}
            text=${r.agent_name||r.agent_id} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Ms} />`}<span class="faint number">
                ${E(n.get(r.agent_id)??0)}</span><${ut}
                at=${r.last_at} /></span></li>`)}</ul></section>`}function Fo({data:t}){let e=t.escalations?.events??[];return e.length===0?null:o`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.seq}>${s.conversation_id?o`<${$t}
            id=${s.conversation_id} />`:o`<${O} seq=${s.seq}>Event ${s.seq}</${O}>`}<span class="rows-end"><${ut}
                at=${s.occurred_at??s.received_at} /></span></li>`)}</ul></section>`}function zo({data:t}){let e=t.rejected?.rejected??[];return e.length===0?null:o`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.number}><a class="cut" href=${x.rejection(s.number)}>
            <${d} text=${s.detail||s.title} /></a>
            <span class="rows-end"><${m} kind="bad">${s.status}</${m}><${ut}
                at=${s.received_at} /></span></li>`)}</ul></section>`}function Ho(t){let[e,s,n]=(t??"").split(`
`);return/^\d+$/.test(s??"")?{origin:e,size:Number(s),root:n}:null}function Wo({data:t}){let e=t.newest?.events[0],s=Ho(t.checkpoint),n=e&&s?e.seq-s.size:0;return o`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${K} rows=${[["Newest event",e?o`<${O} seq=${e.seq}>${E(e.seq)}</${O}> <${ut}
            class="faint" at=${e.received_at} />`:"none yet"],["Checkpoint",s?o`<${m} kind=${n>0?"":"good"}>
            ${n>0?`${E(n)} not signed yet`:"all signed"}</${m}> at ${E(s.size)}`:"none yet"],["Root",s&&o`<span class="mono"><${d} text=${s.root} /></span>`],["Log",s&&o`<span class="mono"><${d} text=${s.origin} /></span>`]]} /></section>`}function Uo({data:t}){let e=t.exports?.exports??[];return o`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${e.length===0&&o`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${e.map(s=>o`<li key=${s.name}><span><${d}
            text=${s.name} /> ${s.state!=="done"&&o`<${m} kind="warn">${s.state}</${m}>`}</span>
            <span class="rows-end">${s.behind>0?o`<span class="faint">
                ${L(s.behind,"event")} behind</span>`:o`<${m} kind="good">up to date</${m}>`}
            ${s.done_at?o`<${ut} at=${s.done_at} />`:o`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`}function Bo(t,e){let s=b();s.current=t,f(()=>{if(e===void 0)return;let n=null,a=()=>{n=null,Wt()&&s.current()},r=bt({after:e,onEvents:()=>{n??=setTimeout(a,Co)}});return()=>{clearTimeout(n),r()}},[e===void 0])}function Ls({where:t}){let e=Number(new URLSearchParams(t.search).get("days")),s=Ts.includes(e)?e:30,n=q(u=>_o(s,u),`overview ${s}`,!0),a=q(Ao,"rest"),{error:r}=n,i=n.data&&{...n.data,...a.data},l=()=>{n.reload(),a.reload()};Bo(l,i?i.newest?.events[0]?.seq??0:void 0),f(()=>{C("Overview")},[]);let c=I(()=>n.data&&Ro(n.data.stats,n.data.range),[n.data]),$=i&&i.newest?.events.length===0;return o`<div class="view scroll overview"><${w} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${Ts.map(u=>o`<button type="button"
                key=${u} aria-pressed=${u===s}
                onClick=${()=>z(`/?days=${u}`,{replace:!0})}>${u} days</button>`)}</div></${w}>
        ${r&&o`<${j} error=${r} retry=${l} />`}
        ${!i&&!r&&o`<${pt} lines=${10} />`}
        ${$&&o`<${g} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${g}>`}
        ${i&&o`<${qo} data=${i} days=${c} />
            <${Io} data=${i} days=${c} />
            <div class="cards"><${Po} data=${i} /><${jo} data=${i} /><${Fo} data=${i} />
                <${zo} data=${i} />
                ${a.data&&o`<${Wo} data=${i} /><${Uo} data=${i} />`}</div>
            <p class="faint asof">Since <${k} at=${i.since} show=${_e} />. <${k} at=${new Date().toISOString()}
                show=${u=>`As of ${P(u)}`} /></p>`}
    </div>`}var _s=["since","until"],Ko=[["at","Received"],["status","Answer"],["reason","Reason"],["endpoint","Endpoint"],["size","Size"],["seq","Number"]].map(([t,e])=>({key:t,name:e})),Vo=t=>o`
    <span role="cell" class="cell-at">${B(t.received_at,P)}</span>
    <span role="cell" class="cell-status"><${m} kind="bad">${t.status}</${m}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${x.rejection(t.number)}><${d}
        text=${t.detail||t.title} /></a></span>
    <span role="cell" class="cell-endpoint">${t.endpoint&&o`<${d} text=${t.endpoint} />`}</span>
    <span role="cell" class="cell-size">${tt(t.size)}</span>
    <span role="cell" class="cell-seq">${t.number}</span>`,Go=3e4;function Xo(t,e){let s=b();s.current=()=>{e.top===0&&t().catch(()=>{})},f(()=>{let n=()=>s.current(),a=setInterval(()=>{Wt()&&n()},Go);return addEventListener("focus",n),()=>{clearInterval(a),removeEventListener("focus",n)}},[])}function As({where:t}){let{pages:e,filters:s,place:n,refresh:a}=Ot(t,"/v1/rejected","rejected",_s);return f(()=>{C("Rejected")},[]),Xo(a,n),o`<div class="view fill"><${w} title="Rejected"><${H} act=${async()=>{await a(),document.querySelector(".list").scrollTop=0}}>Refresh</${H}></${w}>
        <${rt} where=${t} names=${_s} />
        <div class="list-frame"><${it} pages=${e} label="Rejected deliveries" columns=${Ko} draw=${Vo}
            place=${n} class="rejections"
            empty=${o`<${g} title="Nothing is kept here">${Object.keys(s).length>0&&o`
                <p>Of this time there is none.</p>`}</${g}>`} /></div></div>`}var Rs=4e3,qs=8e3;function Yo(t){return typeof t.body=="string"?new TextEncoder().encode(t.body):Uint8Array.from(atob(t.body_base64??""),e=>e.charCodeAt(0))}var we=new TextDecoder("utf-8",{ignoreBOM:!0}),Jo=t=>(t&192)===128;function Zo(t,e){if(e===null)return{before:we.decode(t.subarray(0,qs)),more:t.length-qs};let s=Math.max(0,e-Rs),n=Math.min(e+1,t.length);for(;n<t.length&&n<e+4&&Jo(t[n]);)n++;let a=Math.min(t.length,n+Rs),r=(i,l)=>we.decode(t.subarray(i,l));return{skipped:s,before:r(s,e),fault:r(e,n),after:r(n,a),more:t.length-a}}function Qo({rejection:t}){let e=I(()=>Yo(t),[t]),{offset:s}=t,{skipped:n,before:a,fault:r,after:i,more:l}=I(()=>Zo(e,s),[e,s]);return f(()=>{document.querySelector(".fault")?.scrollIntoView({block:"nearest"})},[e]),o`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${t.kept<t.size?`the first ${tt(t.kept)} were kept`:"as received"}</span></h2>
        <div class="acts"><${R} text=${()=>we.decode(e)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${n>0&&o`<span
            class="faint">… ${tt(n)} before\n</span>`}<${d} lines text=${a} />${s!==null&&o`<mark class="fault" title=${`byte ${s}`}><span class="offscreen">at fault: </span>
                ${r?o`<${d} text=${r} />`:"end"}</mark>`}${i&&o`<${d} lines text=${i} />`}${l>0&&o`<span
                class="faint">\n… ${tt(l)} after</span>`}</pre></section>`}var ta=({pointer:t})=>o`<ul class="plain-list mono">${t.split(" ").map(e=>o`<li><${d}
    text=${e} /></li>`)}</ul>`;function ea({rejection:t,onClose:e}){let[s,n]=h(null),a=async()=>{try{await mt(`/v1/rejected/${A(t.number)}`)}catch(r){return n(r)}ht(`Rejected delivery ${t.number} was dropped.`),z("/rejected",{replace:!0})};return o`<${X} title=${`Drop rejected delivery ${t.number}?`} onClose=${e}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${s&&o`<${j} error=${s} />`}
        <div class="dialog-acts"><button type="button" onClick=${e}>Keep it</button><${H} class="danger"
            act=${a}>Drop it</${H}></div></${X}>`}function sa({rejection:t,onProblem:e}){let[s,n]=h(!1);return o`<${H} act=${async()=>{try{let r=await Q(`/v1/rejected/${A(t.number)}/retry`);ht(`Taken into the trail as event ${r.seq}.`,"good"),z(x.event(r.seq),{replace:!0})}catch(r){e(r)}}}>Retry</${H}>
        <button type="button" class="danger-quiet" onClick=${()=>n(!0)}>Drop</button>
        ${s&&o`<${ea} rejection=${t} onClose=${()=>n(!1)} />`}`}function Os({where:t,who:e}){let{id:s}=t,n=q(i=>y(`/v1/rejected/${A(s)}`,i),s),[a,r]=h(null);return f(()=>{C("Rejected",s)},[s]),N({Escape:()=>at("/rejected")}),o`<div class="view scroll"><${w} title=${o`Rejected <span class="number"><${d} text=${s} /></span>`}
        lead=${o`<a class="up" href="/rejected">Rejected</a>`}>
            ${n.data&&ft(e)&&o`<${sa} rejection=${n.data} onProblem=${r} />`}</${w}>
        ${a&&o`<${j} error=${a}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${j}>`}
        ${n.error?.status===404?o`<${g} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${g}>`:o`
        <${_} of=${n}>${i=>o`
            <p class="lead-line"><${m} kind="bad">${i.status}</${m}> <${d}
                text=${i.detail||i.title} /></p>
            <${K} rows=${[["Received",o`<${k} at=${i.received_at} />`],["Reason",o`<${d} text=${i.title} />`],["Byte at fault",i.offset!==null&&o`<span class="mono">${i.offset}</span>`],["Looked for at",i.pointer&&o`<${ta} pointer=${i.pointer} />`],["Endpoint",i.endpoint&&o`<${d} text=${i.endpoint} />`],["Sender",i.sender&&o`<span class="mono"><${d} text=${i.sender} /></span>`],["Content type",i.content_type&&o`<span class="mono"><${d}
                    text=${i.content_type} /></span>`],["Size",tt(i.size)]]} /><${Qo} rejection=${i} />`}</${_}>`}</div>`}function te({title:t,secret:e,what:s,children:n,onClose:a}){return o`<${X} title=${t} onClose=${a} held>
        <p>${n}</p>
        <p class="secret" data-testid="secret"><code>${e}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${R} text=${e} what=${s} class="primary" autofocus /><button type="button"
            onClick=${a}>Done</button></div></${X}>`}function Z({title:t,submit:e,words:s,danger:n,onClose:a,children:r,disabled:i=!1}){let l=b(),[c,$]=h({});return o`<${X} title=${t} onClose=${a}><form ref=${l} onSubmit=${async p=>{p.preventDefault(),$({busy:!0});try{await e(Object.fromEntries(new FormData(l.current)))}catch(v){$({error:v})}}}>${r}
        ${c.error&&o`<${j} error=${c.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${a}>Cancel</button>
            <button type="submit" class=${n?"danger":"primary"} disabled=${i||c.busy}
                aria-busy=${!!c.busy}>${s}</button></div></form></${X}>`}var Ns=({help:t})=>o`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck="false" autofocus /><span class="faint">
            ${t} Letters, digits, dots, underscores, dashes.</span></label>`,na=t=>location.origin+t;function oa({onClose:t,onSecret:e}){return o`<${Z} title="Add an endpoint" words="Add" submit=${async({label:n})=>e(await Q("/v1/endpoints",{body:{label:n}}))} onClose=${t}>
        <${Ns} help="What you call it by, such as the site that its deliveries come from." /></${Z}>`}function aa({endpoint:t,onClose:e,onSecret:s}){return o`<${Z} title="Rotate the endpoint" words="Rotate" submit=${async()=>s(await Q(`/v1/endpoints/${A(t.id)}/rotate`))} onClose=${e}>
        <p>Makes a new secret path for <strong><${d}
            text=${t.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${Z}>`}var ra=(t,e)=>e.filter(s=>s.id!==t.id&&s.name===t.name&&s.state==="active"&&t.state==="active");function ia({endpoint:t,shared:e,onClose:s,onDone:n}){let[a,r]=h(""),i=e?String(t.id):t.name;return o`<${Z} title="Retire the endpoint" words="Retire it for good" danger submit=${async()=>{await Q(`/v1/endpoints/${A(t.id)}/retire`,{body:{confirm:i}}),n()}} onClose=${s}
        disabled=${a!==i}>
        <p>From now on deliveries to endpoint ${t.id}, <strong><${d}
            text=${t.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        ${e&&o`<p>Another endpoint has this name too, so it is the number that counts.</p>`}
        <label class="field"><span>Type <strong><${d} text=${i} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck="false" value=${a}
                onInput=${c=>r(c.target.value)} autofocus /></label></${Z}>`}var la=(t,e,s)=>t.state==="active"&&o`
    <button type="button" class="quiet" aria-label=${`Rotate ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"rotate",endpoint:t})}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"retire",endpoint:t,shared:e})}>Retire</button>`,ca=(t,e)=>e.some(({id:s})=>s>t.id);function da({endpoints:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>[s,ra(s,t)]).map(([s,n])=>o`<tr
            key=${s.id} data-testid="endpoint">
            <td><${d} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="active"?"good":""}>${s.state}</${m}>
                ${ca(s,n)&&o` <${m} kind="warn"
                    title="It was rotated: retire it when nothing is delivered to it any more">older</${m}>`}
                ${s.retired_at&&o` <span class="faint"><${k} at=${s.retired_at} /></span>`}</td>
            <td>${s.signed?"yes":o`<span class="faint">no</span>`}</td>
            <td><${k} at=${s.created_at} /></td>
            <td class="acts">${la(s,n.length>0,e)}</td></tr>`)}</tbody></table></div>`}function ua({onChange:t}){let e=q(l=>y("/v1/endpoints",l),"endpoints"),[s,n]=h(null),a=()=>n(null),r=({endpoint:l,name:c})=>{e.reload(),t(),n({kind:"secret",endpoint:l,name:c})},i=()=>{e.reload(),t(),a(),ht("The endpoint is retired: it answers 410.")};return o`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${_} of=${e} lines=${3}>${({endpoints:l})=>o`<${da} endpoints=${l}
            show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${oa} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="rotate"&&o`<${aa} endpoint=${s.endpoint} onClose=${a}
            onSecret=${r} />`}
        ${s?.kind==="retire"&&o`<${ia} endpoint=${s.endpoint} shared=${s.shared} onClose=${a}
            onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${te} title="The endpoint’s address" secret=${na(s.endpoint)}
            what="the address" onClose=${a}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${te}>`}</section>`}function $a({onClose:t,onSecret:e}){return o`<${Z} title="Add a token" words="Add" submit=${async({label:n,scope:a})=>e(await Q("/v1/tokens",{body:{label:n,scope:a}}))} onClose=${t}>
        <${Ns} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${Z}>`}function pa({token:t,onClose:e,onDone:s}){return o`<${Z} title="Revoke the token" words="Revoke" danger submit=${async()=>{await mt(`/v1/tokens/${A(t.id)}`),s()}} onClose=${e}>
        <p>Programs that use <strong><${d}
            text=${t.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p>
        ${t.id===F.get().token&&o`<p><strong>You signed in by this one: you will be signed out.</strong></p>`}</${Z}>`}function ha({tokens:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
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
                onClick=${()=>e({kind:"revoke",token:s})}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`}function fa({onChange:t}){let e=q(l=>y("/v1/tokens",l),"tokens"),[s,n]=h(null),a=()=>n(null),r=({token:l})=>{e.reload(),t(),n({kind:"secret",token:l})},i=()=>{e.reload(),t(),a(),ht("The token is revoked.")};return o`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${_} of=${e} lines=${3}>${({tokens:l})=>o`<${ha} tokens=${l} show=${n} />`}</${_}>
        ${s?.kind==="add"&&o`<${$a} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="revoke"&&o`<${pa} token=${s.token} onClose=${a} onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${te} title="The new token" secret=${s.token} what="the token"
            onClose=${a}>Give it to whom it is for, by a way that you trust.</${te}>`}</section>`}function ma({changes:t}){let e=q(s=>y("/v1/acts",{...s,params:{limit:50}}),"acts");return f(()=>{t&&e.reload()},[t]),o`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${_} of=${e} lines=${5}>${({acts:s})=>o`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${s.map(n=>o`<tr key=${n.seq}><td class="nowrap"><${k} at=${n.at} /></td><td>
            ${n.who&&o`<${d} text=${n.who} />`}</td>
            <td><${d} text=${n.kind} /></td><td>${n.object&&o`<${d} text=${n.object} />`}</td>
            <td class="faint">${n.detail&&o`<${d}
                text=${n.detail} />`}</td></tr>`)}</tbody></table></div>`}</${_}></section>`}function Ds({who:t}){let[e,s]=h(0),n=()=>s(a=>a+1);return f(()=>{C("Settings")},[]),ft(t)?o`<div class="view scroll settings"><${w} title="Settings" /><${ua} onChange=${n} /><${fa}
        onChange=${n} /><${ma} changes=${e} /></div>`:o`<div class="view scroll"><${w} title="Settings" /><${g} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${g}></div>`}var Is={expired:"Your session has ended. Sign in again to go on where you were.",idle:"You were signed out because nothing was done for a while."},va=t=>t.status===401||t.status===403?"No token is like that, or it was revoked.":t.detail||t.message;function Ps({why:t}){let e=b(),[s,n]=h({});f(()=>{C("Sign in"),e.current.focus()},[]);let a=async r=>{r.preventDefault();let i=e.current.value.trim();if(!i)return e.current.focus();n({busy:!0});try{await Fe(i)}catch(l){n({error:va(l)}),e.current?.select()}};return o`<main class="alone sign-in" data-state=${F.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${Is[t]&&o`<p class="notice" role="status">${Is[t]}</p>`}
            <form onSubmit=${a}>
                <label for="token">API token</label>
                <input id="token" name="token" type="password" ref=${e} autocomplete="current-password" spellcheck="false"
                    placeholder="ht_…" required aria-describedby="token-help" aria-invalid=${!!s.error} />
                <p id="token-help" class=${s.error?"bad-text":"faint"} role=${s.error?"alert":void 0}>
                    ${s.error??o`Printed once by ${""}<code>hooktrail init</code> or <code>hooktrail token add</code>.`}</p>
                <button type="submit" class="primary" disabled=${s.busy} aria-busy=${!!s.busy}>Sign in</button>
            </form>
        </div>
        <${Bt} />
    </main>`}var js=100,ee=1e3,ga=[["at","Received"],["type","Type"],["agent","Agent"],["conversation","Conversation"],["lead","Lead"],["marks","Marks"],["seq","Event"]].map(([t,e])=>({key:t,name:e})),ba=({event:t})=>o`
    ${t.deliveries>1&&o`<${m}
        title=${`delivered ${t.deliveries} times`}>×${E(t.deliveries)}</${m}>`}
    ${t.warnings.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
        ${L(t.warnings.length,"warning")}</${m}>`}
    ${t.derived&&o`<${m}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${m}>`}
    ${t.unreadable&&o`<${m} kind="bad" title="The payload could not be read">unreadable</${m}>`}`,ya=t=>o`
    <span role="cell" class="cell-at">${B(t.received_at,P)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${x.event(t.seq)}
        title=${W(t.type)} aria-label=${`${W(t.type)}, event ${t.seq}`}><${Y} type=${t.type} /></a></span>
    <span role="cell" class="cell-agent">${t.agent_name||t.agent_id?o`<${d}
        text=${t.agent_name||t.agent_id} />`:""}</span>
    <span role="cell" class="cell-conversation">${t.conversation_id&&o`<${$t}
        id=${t.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_id&&o`<${J} id=${t.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${ba} event=${t} /></span>
    <span role="cell" class="cell-seq">${t.seq}</span>`;function wa(t){let e=t.order==="asc"?-1:1,s=t.order==="asc"?"after":"before";return async({cursor:n,page:a,signal:r})=>{let i=a?.top??n?.from,l=i?{...t,[s]:i.seq+e}:{...t,cursor:n},{events:c,next:$}=await y("/v1/events",{params:{...l,limit:a?.count??js},signal:r});return{rows:c,next:$}}}var Fs=t=>t.order!=="asc"&&!t.until&&!t.before,se=class{constructor(){this.rows=[],this.count=0}add(e){this.count+=e.length,this.rows=this.count<=ee?[...e,...this.rows]:[]}get overflown(){return this.count>ee}};function ka(t){return{pages:new kt(wa(t)),place:{top:0},held:new se,newest:void 0}}function xa(t){let e=qt(t.search,he),[s,n]=h(0),a=`${t.key} ${t.search} ${s}`,r=b({});r.current.key!==a&&(r.current={key:a,...s===0&&Ct(a)||ka(e)},Tt(a,r.current));let i=Zt(()=>r.current.pages,a);return{filters:e,state:r.current,pages:i,renew:()=>n(l=>l+1)}}function Ea({filters:t,state:e,pages:s,renew:n},a,r){let i=b(!0),l=b(a);l.current=a;let c=()=>{let{held:p}=e;e.held=new se,p.overflown?n():p.count&&s.prepend(p.rows,js)},$=p=>{e.newest=p.at(-1).seq,e.held.add(p.reverse()),!l.current&&i.current?c():s.onChange()},u=s.count>0||s.atEnd;return f(()=>{if(!u||!Fs(t))return;e.newest??=s.row(0)?.seq??0;let{type:p,agent:v,conversation:T,lead:D,visitor:V,since:nt}=t;return bt({params:{type:p,agent:v,conversation:T,lead:D,visitor:V,since:nt},after:e.newest,onEvents:$,onState:r})},[u,s]),{show:c,onTop:p=>{i.current=p}}}var Sa={connecting:"Connecting …",live:"Live",lost:"Reconnecting …",refused:"Not live"};function Ta(t){return t===0?"To the newest":`${t>ee?"more than ":""}${E(Math.min(t,ee))} new`}function Ca({state:t,paused:e,setPaused:s}){return o`<span class="live is-${e?"paused":t}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${e?"Paused":Sa[t]}</span>
        <button type="button" aria-pressed=${e} title="p" onClick=${()=>s(!e)}>
            <${S} name=${e?"play":"pause"} />${e?"Go on":"Pause"}</button>`}function zs({where:t}){let e=xa(t),{filters:s,state:n,pages:a,renew:r}=e,[i,l]=h(!1),[c,$]=h("connecting"),{show:u,onTop:p}=Ea(e,i,$);f(()=>{C("Trail")},[]);let v=()=>{document.querySelector(".list").scrollTop=0,a.dropped?r():u()},T=V=>{l(V),!V&&n.place.top===0&&u()};N({p:()=>T(!i),".":v});let D=n.held.count;return o`<div class="view fill">
        <${w} title="Trail">${Fs(s)&&o`<${Ca} state=${c} paused=${i}
            setPaused=${T} />`}</${w}>
        <${rt} where=${t} names=${he} />
        <div class="list-frame">
            <div class="fresh" role="status">${(D>0||a.dropped>0)&&o`<button type="button" class="pill"
                onClick=${v}>
                <${S} name="up" />
                    ${Ta(D)}</button>`}</div>
            <${it} pages=${a} label="Events" columns=${ga} draw=${ya} place=${n.place} onTop=${p}
                class="trail"
                empty=${o`<${g} title="No events">${Object.keys(s).length?o`<p>Nothing in the trail passes these filters.</p>`:o`
                        <p>Deliveries appear here as they come.</p>`}</${g}>`} />
        </div>
    </div>`}var ke={overview:Ls,trail:zs,event:gs,conversations:ls,conversation:ns,leads:Ss,lead:ks,rejected:As,rejection:Os,settings:Ds,"sign-in":Ps};var Ma=[["overview","/","Overview",["overview"]],["trail","/trail","Trail",["trail","event"]],["conversations","/conversations","Conversations",["conversations","conversation"]],["leads","/leads","Leads",["leads","lead"]],["rejected","/rejected","Rejected",["rejected","rejection"]],["settings","/settings","Settings",["settings"]]];function La({name:t,admin:e,open:s}){let n=Ma.filter(([a])=>a!=="settings"||e);return o`<nav id="navigation" aria-label="Sections" class=${s?"open":""}><ul>
        ${n.map(([a,r,i,l])=>o`<li key=${a}>
            <a href=${r} aria-current=${l.includes(t)?"page":void 0}>
                <${S} name=${a} />${i}</a></li>`)}</ul></nav>`}async function _a(){await ie(),z("/sign-in")}function Aa({who:t}){return o`<section class="who" aria-label="You">
        <${Bt} />
        <p class="who-name" title=${`scope ${t.scope}`}>${t.name||"token"} <span class="faint">
            ${ft(t)?"admin":"read"}</span></p>
        <${H} class="quiet" act=${_a}>Sign out</${H}>
    </section>`}function Ra(){let t=U(ot),[e,s]=h(!navigator.onLine);return f(()=>{let n=()=>s(!navigator.onLine);return addEventListener("online",n),addEventListener("offline",n),()=>{removeEventListener("online",n),removeEventListener("offline",n)}},[]),t&&!e?null:o`<p class="offline" role="status" data-testid="offline">
        ${e?"This machine is offline.":"hooktraild does not answer."} What is shown may be old.</p>`}var Hs={o:"/",t:"/trail",c:"/conversations",l:"/leads",r:"/rejected"};function qa(t){let e=b(0),s=n=>()=>{Date.now()-e.current>1200||(e.current=0,z(Hs[n]))};N({g:()=>{e.current=Date.now()},"?":t,...Object.fromEntries(Object.keys(Hs).map(n=>[n,s(n)]))})}function Oa(t){let e=b(!0);G(()=>{let s=document.activeElement?.matches("input, textarea, select");!e.current&&!s&&document.querySelector("main h1")?.focus({preventScroll:!0}),e.current=!1},[t])}var Na=()=>o`<${g} title="There is no such page"><p><a href="/">To the overview</a></p></${g}>`;function Da({who:t}){let e=oe(),[s,n]=h(!1),[a,r]=h(!1);qa(()=>r(!0)),f(()=>n(!1),[e]);let i=e.pathname;Oa(i);let l=ke[e.name]??Na;return o`<div class="app">
        <a class="skip" href="#main">To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${Ne} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${s}
                onClick=${()=>n(!s)}><${S} name=${s?"close":"menu"} /></button>
        </header>
        <div class=${s?"side open":"side"}>
            <${La} name=${e.name} admin=${ft(t)} open=${s} />
            <${Aa} who=${t} />
        </div>
        <main id="main" tabindex="-1"><${Ra} /><${l} key=${i} where=${e} who=${t} /></main>
        <${Ae} />
        ${a&&o`<${Re} onClose=${()=>r(!1)} />`}
    </div>`}function Ws(){let t=U(F),e=oe();return f(()=>{t.state==="out"&&Me()},[t.state]),f(()=>{t.state==="in"&&e.name==="sign-in"&&z("/",{replace:!0})},[t.state,e.name]),t.state==="unknown"?t.error?o`<main class="alone"><h1>hooktrail</h1><${j} error=${t.error}
            retry=${Ut} /></main>`:null:t.state==="out"?o`<${ke["sign-in"]} why=${t.why} where=${e} />`:e.name==="sign-in"?null:o`<${Da} who=${t} />`}Le();qe();ze();Ut();Se(o`<${Ws} />`,document.body);
