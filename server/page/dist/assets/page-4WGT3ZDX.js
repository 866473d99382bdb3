import{A as Me,B as lt,C as Pt,D as Le,E as Et,F as I,G as _e,H as St,I as E,J as M,K as tt,L as G,M as C,N as d,O as ft,P as k,Q as U,R as ct,S as jt,T as J,U as m,V as N,W as dt,X as Y,Y as R,a as Ot,b as Ee,c as h,d as f,e as V,f as b,g as j,h as o,i as Dt,j as W,k as Se,l as wt,m as st,n as Te,o as It,p as _,q as y,r as Q,s as ht,t as x,u as se,v as kt,w as xt,x as Ce,y as F,z as nt}from"./chunk-YLGIDZFV.js";var Ws={overview:"M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",trail:"M2.5 4h11M2.5 8h11M2.5 12h7",conversations:"M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z",leads:"M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5",rejected:"M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2",settings:"M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4",search:"M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",menu:"M2.5 4.5h11M2.5 8h11M2.5 11.5h11",close:"M4 4l8 8M12 4l-8 8",back:"M9.5 3.5 5 8l4.5 4.5",down:"M4 6l4 4 4-4",right:"M6 4l4 4-4 4",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2v9.6L12.5 8z",up:"M8 13V3.5M4 7.5l4-4 4 4",sun:"M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",moon:"M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",auto:"M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8",quiet:"M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4",lock:"M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2"},S=({name:t})=>o`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${Ws[t]} /></svg>`;function q(t,e,s=!1){let[n,a]=h({key:void 0,data:null,error:null}),[r,i]=h(0);f(()=>{let c=new AbortController,$=u=>{c.signal.aborted||a(p=>({key:e,data:p.key===e||s?p.data:null,error:null,...u}))};return t({signal:c.signal}).then(u=>$({data:u}),u=>$({error:u})),()=>c.abort()},[e,r]),f(()=>st.watch(c=>{c&&n.error?.status===0&&i($=>$+1)}),[n]);let l=n.key===e;return{data:l||s?n.data:null,error:l?n.error:null,loading:!l||!n.data&&!n.error,reload:()=>i(c=>c+1),replace:c=>a({key:e,data:c,error:null})}}var ut=({lines:t=6})=>o`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({length:t},()=>o`<span class="bone" />`)}</div>`;function P({error:t,retry:e,children:s}){let{status:n,title:a,detail:r}=t;return o`<div class="notice bad" role="alert">
        <p><strong>${a??"Something went wrong"}</strong>${n?o` <span class="faint">${n}</span>`:null}</p>
        ${r||t.message!==a?o`<p>${r||t.message}</p>`:null}
        ${s}
        ${e&&o`<p><button type="button" onClick=${e}>Try again</button></p>`}
    </div>`}var g=({title:t,children:e})=>o`<div class="empty"><p class="empty-title">${t}</p>${e}</div>`;function L({of:t,lines:e,children:s}){return t.loading?o`<${ut} lines=${e} />`:o`${t.error&&o`<${P} error=${t.error} retry=${t.reload} />`}${t.data&&s(t.data)}`}var Tt=Dt([]),Us=0;function $t(t,e=""){let s=++Us;Tt.set([...Tt.get(),{id:s,text:t,kind:e}].slice(-3)),setTimeout(()=>Tt.set(Tt.get().filter(n=>n.id!==s)),5e3)}var Ae=()=>o`<div class="toasts" role="status">
    ${W(Tt).map(({id:t,text:e,kind:s})=>o`<p key=${t} class="toast ${s}">${e}</p>`)}</div>`;function X({title:t,onClose:e,held:s,children:n,class:a=""}){let r=b();return V(()=>{let u=document.activeElement;return r.current.showModal(),()=>u?.focus?.()},[]),o`<dialog ref=${r} class=${a} aria-labelledby="dialog-title" closedby=${s?"none":void 0}
        onClose=${()=>s?r.current?.showModal():e()} onClick=${u=>{u.target===r.current&&!s&&e()}} onKeyDown=${u=>{s&&u.key==="Escape"&&u.preventDefault()}} onCancel=${u=>{s&&u.preventDefault()}}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${t}</h2>
                ${!s&&o`<button type="button" class="quiet square" aria-label="Close" onClick=${e}><${S}
                    name="close" /></button>`}
            </header>
            ${n}
        </div></dialog>`}function z({act:t,children:e,class:s="",...n}){let[a,r]=h(!1);return o`<button type="button" class=${s} aria-busy=${a} disabled=${a} onClick=${async()=>{r(!0);try{await t()}catch(l){$t(l.detail||l.message,"bad")}finally{r(!1)}}} ...${n}>
        ${e}</button>`}var ne=12;function Bs(t,e){let s=()=>{let{left:a,bottom:r}=t.getBoundingClientRect(),i=document.documentElement.clientWidth-ne-e.offsetWidth;e.style.left=`${Math.max(ne,Math.min(a,i))-a}px`,e.style.maxHeight=`${Math.max(160,innerHeight-r-4-ne)}px`},n=new ResizeObserver(s);return n.observe(e),addEventListener("resize",s),s(),()=>{n.disconnect(),removeEventListener("resize",s)}}function et({label:t,active:e,children:s,class:n=""}){let[a,r]=h(!1),i=b();V(()=>a?Bs(i.current,i.current.querySelector(".panel")):void 0,[a]),f(()=>{if(!a)return;let $=i.current,u=({target:p})=>{!$.contains(p)&&!p.contains?.($)&&r(!1)};return document.addEventListener("pointerdown",u),document.addEventListener("focusin",u),()=>{document.removeEventListener("pointerdown",u),document.removeEventListener("focusin",u)}},[a]);let l=()=>{r(!1),i.current.querySelector("button").focus()};return o`<div class="menu ${n}" ref=${i} onKeyDown=${$=>{$.key!=="Escape"||!a||($.preventDefault(),l())}}>
        <button type="button" class=${e?"chip on":"chip"} aria-expanded=${a} onClick=${()=>r(!a)}>
            ${t}<${S} name="down" /></button>
        ${a&&o`<div class="panel">${s(l)}</div>`}
    </div>`}var B=({rows:t,class:e=""})=>o`<dl class="facts ${e}">
    ${t.filter(([,s])=>s!=null&&s!==!1).map(([s,n])=>o`
        <div key=${s}><dt>${s}</dt><dd>${n}</dd></div>`)}</dl>`,w=({title:t,children:e,lead:s,class:n=""})=>o`<header class="head ${n}">
    <div class="head-title">${s}<h1 tabindex="-1">${t}</h1></div>
    ${e&&o`<div class="head-acts">${e}</div>`}</header>`;var Ks=[["/","search"],["j  k","next and previous row"],["Enter","open the row"],["Esc","back to the list; close"],["p","pause the live list, or go on"],[".","show what is new"],["g  o","go to the overview"],["g  t","to the trail"],["g  c","to the conversations"],["g  l","to the leads"],["g  r","to what was rejected"],["?","this list"]],Re=({onClose:t})=>o`<${X} title="Keys" onClose=${t}>
    <dl class="keys">${Ks.map(([e,s])=>o`<div key=${e}>
        <dt>${e.split("  ").map(n=>o`<kbd>${n}</kbd>`)}</dt><dd>${s}</dd></div>`)}</dl></${X}>`;var Ft=[],Vs=t=>t.closest?.("input, textarea, select, [contenteditable]");function Gs(t){if(t.defaultPrevented||t.ctrlKey||t.metaKey||t.altKey||document.querySelector("dialog[open]"))return;if(Vs(t.target)){t.key==="Escape"&&t.target.blur();return}let e=Ft.findLast(s=>s.current[t.key]);e&&(t.preventDefault(),e.current[t.key](t))}var qe=()=>document.addEventListener("keydown",Gs);function O(t){let e=b(t);e.current=t,f(()=>(Ft.push(e),()=>Ft.splice(Ft.indexOf(e),1)),[])}var Xs=1e15,zt=(t,e,s)=>y(t,{params:{...e,limit:1},signal:s});async function Js(t,e){let{events:s}=await zt("/v1/events",{after:t-1,before:t+1},e);return s.length?x.event(t):null}async function Ys(t,e){let{leads:s}=await y("/v1/leads",{params:{email:t},signal:e});return s.length===1?x.lead(s[0].id):s.length?`/leads?email=${encodeURIComponent(t)}`:null}async function Ne(t,e){try{await y(t,{signal:e})}catch(s){if(s instanceof wt)return s.status===410;throw s}return!0}async function Zs(t,e){let[{conversations:s},{leads:n},{events:a}]=await Promise.all([zt("/v1/conversations",{conversation:t},e),zt("/v1/leads",{lead:t},e),zt("/v1/events",{visitor:t},e)]);return s.length?x.conversation(t):n.length?x.lead(t):a.length?`/trail?visitor=${encodeURIComponent(t)}`:await Ne(`/v1/conversations/${_(t)}`,e)?x.conversation(t):await Ne(`/v1/leads/${_(t)}`,e)?x.lead(t):null}async function Qs(t,e){let s=/^#?([1-9][0-9]*)$/.exec(t);return s&&Number(s[1])<Xs&&await Js(Number(s[1]),e)||t.includes("@")&&await Ys(t,e)||Zs(t,e)}function Oe(){let t=b(),e=b(),[s,n]=h({word:""});return O({"/":()=>{t.current.focus(),t.current.select()}}),f(()=>()=>e.current?.abort(),[]),o`<form class="search" role="search" onSubmit=${async l=>{l.preventDefault();let c=t.current.value.trim();if(!c)return;e.current?.abort(),e.current=new AbortController;let{signal:$}=e.current;n({busy:!0,word:"Searching …"});try{let u=await Qs(c,$);if($.aborted||(n({word:u?"":"Nothing has that id, address or number."}),!u))return;t.current.value="",t.current.blur(),F(u)}catch(u){$.aborted||n({word:u.detail||u.message})}}}>
        <${S} name="search" />
        <input ref=${t} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${()=>{e.current?.abort(),s.word&&n({word:""})}}
            onBlur=${()=>{s.word&&!s.busy&&n({word:""})}} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck="false"
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${s.word?"search-word":"search-word none"} role="status">${s.word}</p>
    </form>`}var H=Dt({state:"unknown"}),tn=15e3,en=300*1e3,sn=3,nn=120*1e3,Ie="hooktrail-used",oe=Date.now(),Ct=Date.now(),De=0;function on(t){if(!(t-De<5e3)){De=t;try{localStorage.setItem(Ie,String(t))}catch{}}}function Pe(){Ct=Date.now(),on(Ct)}function an(){try{return Math.max(Ct,Number(localStorage.getItem(Ie))||0)}catch{return Ct}}function Ht(){return Date.now()-oe<nn&&!document.hidden}function Mt(t){H.get().state!=="out"&&H.set({state:"out",why:t})}Te({csrf:()=>H.get().csrf??"",unauthorized:()=>{H.get().state==="in"&&Mt("expired")},used:Pe});var je=t=>H.set({state:"in",...t});async function Wt(){let t=globalThis.hooktrailSession;delete globalThis.hooktrailSession;try{je(await y("/v1/session",{signsIn:!0,early:t}))}catch(e){e instanceof wt&&e.status===401?H.set({state:"out"}):H.set({state:"unknown",error:e})}}async function Fe(t){je(await Q("/v1/session",{body:{token:t},signsIn:!0}))}async function ae(t){try{await ht("/v1/session",{signsIn:!0})}catch(e){if(!t&&!(e instanceof wt&&e.status===401))throw e}Mt(t)}var pt=t=>/\badmin\b/.test(t?.scope??"");function rn(){oe=Date.now();let{state:t,idle_seconds:e}=H.get();t==="in"&&oe-Ct>Math.min(en,e*1e3/sn)&&(Pe(),y("/v1/session").catch(()=>{}))}function ln(){let{state:t,idle_seconds:e,expires_at:s}=H.get();if(t!=="in")return;let n=typeof s=="number"?s*1e3:Date.parse(s??"");e&&Date.now()-an()>e*1e3?ae("idle"):n&&Date.now()>n&&Mt("expired")}function ze(){for(let t of["pointerdown","keydown","wheel","touchstart"])addEventListener(t,rn,{passive:!0,capture:!0});setInterval(ln,tn)}var re=Se("theme","auto");re.watch(t=>{t==="auto"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=t});var Lt=[["auto","auto","as the system"],["light","sun","light"],["dark","moon","dark"]];function Ut(){let t=W(re),e=W(lt),s=Lt.findIndex(([l])=>l===t),[,n,a]=Lt[s]??Lt[0],r=e==="UTC"?"UTC":"Local time",i=Lt[(s+1)%Lt.length];return o`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${a}. Change to ${i[2]}`}
            title=${`Theme: ${a}`}
            onClick=${()=>re.set(i[0])}><${S} name=${n} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${r}: the zone in which times are shown. Change`}
            onClick=${()=>lt.set(e==="UTC"?"local":"UTC")}>${r}</button>
    </div>`}var Bt=class{constructor(e){this.take=e,this.rest="",this.clear()}clear(){this.event={id:null,event:"message",data:null}}push(e){let s=(this.rest+e).split(`
`);if(this.rest=s.pop(),this.rest.length>4194304)throw new Error("a line of the stream is too long");for(let n of s)this.line(n.endsWith("\r")?n.slice(0,-1):n)}line(e){if(e===""){this.event.data!==null&&this.take(this.event),this.clear();return}let s=e.indexOf(":");if(s===0)return;let n=s<0?e:e.slice(0,s),a=s<0?"":e.slice(s+1).replace(/^ /,"");n==="data"?this.event.data=this.event.data===null?a:`${this.event.data}
${a}`:(n==="id"||n==="event")&&(this.event[n]=a)}};var cn=4e4,He=500,dn=3e3,un=2e3,$n=3e4;function mt(t){let e=new ie(t);return e.open(),()=>e.close()}var ie=class{constructor({params:e,after:s,onEvents:n,onState:a}){this.params=e??{},this.last=s,this.onEvents=n,this.onState=a??(()=>{}),this.wait=He,this.waiting=[],this.closed=!1,this.onVisibility=()=>this.visibility(),this.onOnline=()=>this.again(0),document.addEventListener("visibilitychange",this.onVisibility),addEventListener("online",this.onOnline)}close(){this.closed=!0,document.removeEventListener("visibilitychange",this.onVisibility),removeEventListener("online",this.onOnline),cancelAnimationFrame(this.frame),this.stop()}stop(){this.abort?.abort(),this.abort=null,clearTimeout(this.retry),clearTimeout(this.silence)}visibility(){clearTimeout(this.hiding),document.hidden?this.hiding=setTimeout(()=>{this.asleep=!0,this.stop()},$n):this.asleep&&this.again(0)}again(e){this.closed||(this.asleep=!1,this.stop(),this.retry=setTimeout(()=>this.open(),e))}async open(){let e=new AbortController;this.abort=e,this.onState("connecting");try{await this.read(e)}catch{}this.closed||this.abort!==e||this.refused||(this.onState("lost"),this.again(this.wait),this.wait=Math.min(this.wait*2,dn))}async read(e){let s={Accept:"text/event-stream"};this.last!==void 0&&(s["Last-Event-ID"]=String(this.last)),this.heard(e);let n=await fetch(`/v1/stream${It(this.params)}`,{headers:s,signal:e.signal,credentials:"same-origin",cache:"no-store"});if(!n.ok)return this.refuse(n);st.set(!0),this.onState("live");let a=new Bt(i=>this.take(i)),r=n.body.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:i,value:l}=await r.read();if(i)return;this.wait=He,this.heard(e),a.push(l)}}refuse(e){e.status===401&&Mt("expired"),this.refused=e.status>=400&&e.status<500&&e.status!==429,this.refused&&this.onState("refused")}heard(e){clearTimeout(this.silence),this.silence=setTimeout(()=>e.abort(),cn)}take({id:e,data:s}){e!==null&&(this.last=Number(e),this.waiting.push(JSON.parse(s)),this.waiting.length===1&&(this.frame=requestAnimationFrame(()=>this.give())),this.waiting.length>=un&&this.give())}give(){cancelAnimationFrame(this.frame);let e=this.waiting;this.waiting=[],this.closed||this.onEvents(e)}};var pn=300*1e3,We=40,Ue={user:["visitor","Visitor"],visitor:["visitor","Visitor"],customer:["visitor","Visitor"],lead:["visitor","Visitor"],assistant:["assistant","Assistant"],ai:["assistant","Assistant"],bot:["assistant","Assistant"],agent:["human","Agent"],human:["human","Agent"],operator:["human","Agent"],staff:["human","Agent"],system:["system","System"],tool:["system","Tool"]};function le(t){if(typeof t!="string"||t==="")return{side:"other",name:"Unknown"};let e=t.toLowerCase(),[s,n]=Object.hasOwn(Ue,e)?Ue[e]:["other",t];return{side:s,name:n}}function hn(t,e){return t?.kind==="message"&&e.kind==="message"&&t.role===e.role&&Date.parse(e.at)-Date.parse(t.at)<pn}var fn=(t,e)=>t.length===e.length&&t.every((s,n)=>s===e[n]);function Be(t,e=[]){let s=[],n=0;for(let a=0;a<t.length;a+=We){let r=t.slice(a,a+We),i=e[s.length],l=n;for(let $ of r)$.at&&(n=St($.at));let c=i?.dayBefore===l&&fn(i.items,r);s.push(c?i:{items:r,dayBefore:l,rows:mn(r,t[a-1],l)})}return s}function mn(t,e,s){return t.map(n=>{let a=n.at?St(n.at):s,r={item:n,day:a!==s&&n.at,goesOn:a===s&&hn(e,n)};return s=a,e=n,r})}var vn=(t,e)=>JSON.stringify(t)===JSON.stringify(e);function Ke(t,e){return e.map((s,n)=>t[n]&&(t[n]===s||vn(t[n],s))?t[n]:s)}function Ve(t,e){return t.map(s=>{let n=s.at?e(s.at):"no time";return s.kind==="message"?`[${n}] ${le(s.role).name}: ${s.content??""}`:`[${n}] -- ${s.type} (event ${s.seq})${s.reason?`: ${s.reason}`:""}`}).join(`
`)}var gn=100,ce=1e3,bn=250,yn=2e3;async function Ge(t,e,s,n){let a=[],r;for(;;){let i=await y(`/v1/conversations/${_(t)}`,{params:{limit:r?ce:s,cursor:r},signal:e});a=a.concat(i.items);let l={conversation:i.conversation,items:a,whole:i.next===null};if(n?.(l),l.whole)return l;r=i.next}}function Xe(t){let[e,s]=h({items:[]}),[n,a]=h(0),r=b(),i=(c,$,u)=>{$.aborted||s(p=>({...c,items:Ke(p.items,c.items),news:(p.news??0)+u}))};return f(()=>{r.current=new AbortController;let{signal:c}=r.current;return Ge(t,c,gn,$=>i($,c,0)).catch($=>{c.aborted||s({items:[],error:$})}),()=>r.current.abort()},[t,n]),{...e,refresh:async()=>{let{signal:c}=r.current;i(await Ge(t,c,ce),c,1)},reload:()=>{s({items:[]}),a(n+1)}}}var wn=({seq:t,edited:e,removed:s})=>Math.max(t,e?.seq??0,s?.seq??0),kn=t=>t.reduce((e,s)=>Math.max(e,wn(s)),0);function Je(t,{whole:e,items:s,refresh:n}){let[a,r]=h("connecting"),i=b(0);return i.current=s.length,f(()=>{if(!e)return;let l=null,c=!1,$=async()=>{c=!1;try{await n()}catch{}l=null,c&&u()},u=()=>{c=!0,l??=setTimeout($,i.current>ce?yn:bn)},p=mt({params:{conversation:t},after:kn(s),onEvents:u,onState:r});return()=>{clearTimeout(l),p()}},[t,e]),a}var xn="1500px 0px";var En={timeout:120},Sn=globalThis.requestIdleCallback??(t=>setTimeout(t,16)),Kt=class{constructor(){this.waiting=new Map,this.observer=new IntersectionObserver(e=>{for(let{target:s,isIntersecting:n}of e)n&&this.draw(s)},{rootMargin:xn}),this.onPrint=()=>{this.all()},addEventListener("beforeprint",this.onPrint)}add(e,s){return this.waiting.set(e,s),this.observer.observe(e),this.plan(),()=>this.forget(e)}forget(e){this.waiting.delete(e),this.observer.unobserve(e)}draw(e){let s=this.waiting.get(e);this.forget(e),s?.()}plan(){this.planned||this.closed||(this.planned=!0,Sn(()=>{if(this.planned=!1,!(this.closed||this.waiting.size===0)){for(let e of[...this.waiting.keys()].slice(0,4))this.draw(e);this.plan()}},En))}all(){for(let e of[...this.waiting.keys()])this.draw(e);return new Promise(e=>{setTimeout(e)})}close(){this.closed=!0,this.observer.disconnect(),this.waiting.clear(),removeEventListener("beforeprint",this.onPrint)}};var Vt=t=>typeof t=="string"&&t.trim()!==""?t.trim():null;function _t(t){let e=[Vt(t?.first_name),Vt(t?.last_name)].filter(Boolean);return e.length?e.join(" "):Vt(t?.name)??Vt(t?.display_name)}var Tn=new Set(["id","agent_id","agent_name","first_at","last_at","events","profile_cut"]),Ye=["email","phone","company","job_title"],de=t=>t==null||t===""||typeof t=="object"&&Object.keys(t).length===0;function Ze(t){let e=Object.keys(t).filter(s=>!Tn.has(s)&&!Ye.includes(s));return[...Ye,...e].filter(s=>s in t&&!de(t[s])).map(s=>[s,t[s]])}var vt=t=>typeof t=="string"?t:JSON.stringify(t);function gt(t){let e=t.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)}function Cn({edited:t}){let[e,s]=h(!1);return o`<button type="button" class="quiet small mark" aria-expanded=${e}
        onClick=${()=>s(!e)}>edited</button>
        ${e&&o`<ol class="versions" aria-label="Earlier versions">
            ${t.previous.map((n,a)=>o`<li key=${a}><${ft} text=${n.content??""} /><${N}
                seq=${n.seq} /></li>`)}
            ${t.previous_cut&&o`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${N} seq=${t.seq} /></li></ol>`}`}function Mn({item:t,goesOn:e}){let{side:s,name:n}=le(t.role);return o`<article class="message ${s} ${e?"goes-on":""} ${t.removed?"removed":""}"
        id=${`event-${t.seq}`}>
        ${e?o`<h3 class="offscreen"><${d} text=${n} /></h3>`:o`<h3 class="speaker"><${d}
            text=${n} /></h3>`}
        <div class="bubble">${t.content===null||t.content===void 0?o`<p class="faint">${t.unreadable?"The payload could not be read.":"No text"}</p>`:o`<${ft}
                text=${t.content} />`}</div>
        <p class="meta">${U(t.at,Et)}<${N} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${N}>
            ${t.edited&&o`<${Cn} edited=${t.edited} />`}
            ${t.removed&&o`<${m} title="A later snapshot of the conversation lacks it">removed in <${N}
                seq=${t.removed.seq} /></${m}>`}
            ${t.derived&&o`<${m}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}</p>
    </article>`}var Qe=({fields:t})=>o`<${B} class="captured"
    rows=${Object.entries(t).filter(([,e])=>!de(e)).map(([e,s])=>[o`<${d} text=${gt(e)} />`,e==="id"&&typeof s=="string"?o`<${Y} id=${s} />`:o`<${d} text=${vt(s)} />`])} />`;function Ln({item:t}){return o`<article class="happened ${t.reason||t.fields||t.visitor?"tells":""}"
        id=${`event-${t.seq}`}>
        <h3><${J} type=${t.type} /></h3>
        <p class="meta">${U(t.at,Et)}<${N} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${N}>
            ${t.derived&&o`<${m}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}
            ${t.erased_at&&o`<${m}>erased</${m}>`}
            ${t.unreadable&&o`<${m} kind="bad">unreadable</${m}>`}
            ${t.warnings?.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
                ${M(t.warnings.length,"warning")}</${m}>`}</p>
        ${t.reason&&o`<${ft} class="reason" text=${t.reason} />`}
        ${t.fields&&o`<${Qe} fields=${t.fields} />`}
        ${t.visitor&&o`<${Qe} fields=${t.visitor} />`}
    </article>`}var Gt=class extends Ot{constructor(e){super(e),this.state={drawn:e.first}}componentDidMount(){this.state.drawn||(this.cancel=this.props.drawer.add(this.element,()=>this.setState({drawn:!0})))}componentWillUnmount(){this.cancel?.()}shouldComponentUpdate(e,s){return e.chunk!==this.props.chunk||e.zone!==this.props.zone||s.drawn!==this.state.drawn}render({chunk:e},{drawn:s}){return s?o`<div class="chunk">${e.rows.map(({item:n,day:a,goesOn:r},i)=>o`
            ${a&&o`<h2 class="day" key=${`day ${i}`}><span>${U(a,Pt)}</span></h2>`}
            ${n.kind==="message"?o`<${Mn} key=${i} item=${n} goesOn=${r} />`:o`<${Ln}
                key=${i} item=${n} />`}`)}</div>`:o`<div class="chunk undrawn" ref=${n=>{this.element=n??this.element}} />`}};var _n=3;function An({conversation:t}){return o`<${B} class="about" rows=${[["Conversation",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R}
            text=${t.id} what="the conversation’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d}
            text=${t.agent_name||t.agent_id} />`],[t.lead_ids.length>1?"Leads":"Lead",t.lead_ids.length>0&&o`<span class="ids">
            ${t.lead_ids.map(e=>o`<${Y} key=${e} id=${e} />`)}</span>`],["Began",t.first_at&&o`<${k} at=${t.first_at} />`],["Last",t.last_at&&o`<${k} at=${t.last_at} />`],["Holds",o`${M(t.messages,"message")}, <a
            href=${`/trail?${new URLSearchParams({conversation:t.id})}`}>
            ${M(t.events,"event")}</a>`]]} />`}function Rn(t,e){let s=b(!1),[n,a]=h(!1),r=()=>{let{scrollTop:l,clientHeight:c,scrollHeight:$}=t.current;s.current=$-l-c<80,s.current&&n&&a(!1)},i=(l=3)=>{t.current&&(t.current.scrollTop=t.current.scrollHeight,l>0&&requestAnimationFrame(()=>i(l-1)))};return V(()=>{e.news&&(s.current?i():a(!0))},[e.news]),{fresh:n,look:r,toEnd:i}}function qn(t,{whole:e},s){f(()=>{!e||!/^#event-\d+$/.test(t)||s.all().then(()=>{let n=document.getElementById(t.slice(1));n?.scrollIntoView({block:"center"}),n?.classList.add("target")})},[t,e])}var ts={live:"Live",lost:"Reconnecting …"};function es({where:t}){let{id:e}=t,s=b(),n=b([]),a=j(()=>new Kt,[e]);f(()=>()=>a.close(),[a]);let r=Xe(e),i=Je(e,r),l=W(lt),{fresh:c,look:$,toEnd:u}=Rn(s,r);qn(t.hash,r,a),f(()=>{C("Conversation",e)},[e]),O({Escape:()=>nt("/conversations")});let{conversation:p,items:v,error:T,whole:D}=r;n.current=Be(v,n.current);let K=T?.status===404||T?.status===410;return o`<div class="view scroll conversation" ref=${s} onScroll=${$} tabindex="0" role="region"
        aria-label="Conversation">
        <${w} title="Conversation" lead=${o`<a class="up" href="/conversations">Conversations</a>`}>
            ${p&&o`
                ${D&&ts[i]&&o`<span class="live is-${i}"><span class="pulse" aria-hidden="true"></span>
                    ${ts[i]}</span>`}
                <${R} text=${()=>location.origin+x.conversation(e)} label="Copy link" class="" />
                <${R} text=${()=>Ve(v,_e)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!D} onClick=${()=>a.all().then(()=>print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${()=>u()}><${S}
                    name="down" /></button>`}
        </${w}>
        ${K&&o`<${g}
            title=${T.status===410?"This conversation was erased":"There is no such conversation"}>
            <p>${T.detail}</p><p class="id"><${d} text=${e} /></p></${g}>`}
        ${T&&!K&&o`<${P} error=${T} retry=${r.reload} />`}
        ${!p&&!T&&o`<${ut} lines=${12} />`}
        ${p&&o`<${An} conversation=${p} />
            <div class="timeline" data-testid="timeline">${n.current.map((rt,it)=>o`<${Gt} key=${it}
                chunk=${rt} zone=${l} drawer=${a} first=${it<_n} />`)}</div>
            ${!D&&o`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${r.news?"New in this conversation":""}</p>
            ${c&&o`<div class="to-end"><button type="button" class="pill" onClick=${()=>u()}>New below<${S}
                name="down" /></button></div>`}`}
    </div>`}var $e=["type","agent","conversation","lead","visitor","since","until","after","before","order"];function At(t,e){let s=new URLSearchParams(t);return Object.fromEntries(e.filter(n=>s.get(n)).map(n=>[n,s.get(n)]))}var ue=[["","Any time"],["1h","Last hour"],["24h","Last 24 hours"],["7d","Last 7 days"],["30d","Last 30 days"]],Nn=(t,e)=>F(t.pathname+It(e)),On=async t=>{let e={...t,params:{limit:200}},[s,n]=await Promise.all([y("/v1/stats",t),y("/v1/agents",e)]);return{types:s.types.map(({type:a})=>a).filter(Boolean),agents:n.agents}};function Dn({value:t,types:e,set:s}){let n=new Set((t??"").split(",").filter(Boolean)),a=l=>{n.delete(l)||n.add(l),s([...n].join(","))},r=n.size===0?"Type":n.size===1?o`<${d}
        text=${G([...n][0])} />`:`${n.size} types`,i=[...new Set([...e,...n])].sort();return o`<${et} label=${r} active=${n.size>0}>${()=>o`<fieldset><legend
        class="offscreen">Types</legend>
        ${i.map(l=>o`<label class="option ${jt(l)}" key=${l}>
            <input type="checkbox" checked=${n.has(l)} onChange=${()=>a(l)} />
            <span class="dot" aria-hidden="true"></span><${d} text=${G(l)} /></label>`)}
        ${i.length===0&&o`<p class="faint">No events yet</p>`}</fieldset>`}</${et}>`}function In({value:t,agents:e,set:s}){let n=e.find(({id:i})=>i===t),a=t?o`<${d} text=${n?.name||t} />`:"Agent",r=(i,l,c)=>o`<label class="option" key=${i}>
        <input type="radio" name="agent" checked=${(t??"")===i} onChange=${()=>s(i)} onClick=${c} /><${d}
            text=${l} /></label>`;return o`<${et} label=${a} active=${!!t}>${()=>o`<fieldset><legend class="offscreen">Agent</legend>
        ${r("","Any agent")}${e.map(({id:i,name:l})=>r(i,l||i))}</fieldset>`}</${et}>`}var ss=t=>/^\d{4}-\d{2}-\d{2}$/.test(t??"");function Pn({since:t,until:e}){let s=n=>ue.find(([a])=>a===n)?.[1]??(ss(n)||/^\d+\w$/.test(n)?n:I(n));return t&&e?`${s(t)} to ${s(e)}`:t?ue.some(([n])=>n===t)?s(t):`Since ${s(t)}`:e?`Until ${s(e)}`:"Time"}function jn({filters:t,set:e}){let{since:s,until:n}=t,a=(r,i)=>o`<label class="field">${i}
        <input type="date" value=${ss(t[r])?t[r]:""}
            onChange=${l=>e({[r]:l.target.value})} /></label>`;return o`<${et} label=${o`<${d} text=${Pn(t)} />`} active=${!!(s||n)}>
        ${()=>o`
        <fieldset><legend class="offscreen">Time received</legend>
        ${ue.map(([r,i])=>o`<label class="option" key=${r}><input type="radio" name="period"
            checked=${(s??"")===r&&!n} onChange=${()=>e({since:r,until:""})} />${i}</label>`)}
        <div class="fields">${a("since","From")}${a("until","Before")}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${et}>`}var pe=[["conversation","Conversation"],["lead","Lead"],["visitor","Visitor"],["after","After event"],["before","Before event"]];function Fn({filters:t,set:e,names:s}){let n=b(),a=pe.filter(([i])=>s.includes(i)),r=i=>l=>{l.preventDefault();let c=Object.fromEntries(new FormData(n.current));i(),e(c)};return o`<${et} label="More" class="last">${i=>o`<form ref=${n} onSubmit=${r(i)}>
        ${a.map(([l,c])=>o`<label class="field" key=${l}>${c}
            <input name=${l} defaultValue=${t[l]??""} maxlength="256" autocomplete="off" spellcheck="false"
                ...${l==="after"||l==="before"?{inputmode:"numeric",pattern:"[0-9]*"}:{}} /></label>`)}
        ${s.includes("order")&&o`<label class="field">Order
            <select name="order" defaultValue=${t.order??""}>
                <option value="" selected=${t.order!=="asc"}>Newest first</option>
                <option value="asc" selected=${t.order==="asc"}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${et}>`}function zn({filters:t,set:e}){let s=[...pe,["email","Email"]].filter(([n])=>t[n]);return o`${s.map(([n,a])=>o`<span class="chip on" key=${n}>
        <span class="chip-text">${a} <${d} text=${t[n]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${a}`} onClick=${()=>e({[n]:""})}>
            <${S} name="close" /></button>
    </span>`)}
    ${t.order==="asc"&&o`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${()=>e({order:""})}><${S}
            name="close" /></button></span>`}`}function ot({where:t,names:e,children:s}){let n=At(t.search,[...e,"email"]),[a,r]=h(!1),{data:i}=q(async p=>a?On(p):null,a),l=p=>Nn(t,{...n,...p}),{types:c=[],agents:$=[]}=i??{},u=Object.keys(n).length>0;return o`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${()=>r(!0)}
        onFocusIn=${()=>r(!0)}>
        ${e.includes("type")&&o`<${Dn} value=${n.type} types=${c} set=${p=>l({type:p})} />`}
        ${e.includes("agent")&&o`<${In} value=${n.agent} agents=${$}
            set=${p=>l({agent:p})} />`}
        ${e.includes("since")&&o`<${jn} filters=${n} set=${l} />`}
        ${pe.some(([p])=>e.includes(p))&&o`<${Fn} key=${t.search} filters=${n} set=${l}
            names=${e} />`}
        <${zn} filters=${n} set=${l} />
        ${u&&o`<button type="button" class="quiet" onClick=${()=>F(t.pathname)}>Clear</button>`}
        ${s}
    </div>`}var ns=12,Xt=8,Hn=60,Jt=matchMedia("(max-width: 760px)"),he=class extends Ot{shouldComponentUpdate(e){let{item:s,index:n,top:a,zone:r}=this.props;return e.item!==s||e.index!==n||e.top!==a||e.zone!==r}render({item:e,index:s,draw:n,top:a}){let r={top:`${a}px`};return e?o`<div class="row" role="row" style=${r} aria-rowindex=${s+2} data-index=${s}>
            ${n(e)}</div>`:o`<div class="row blank" role="row" style=${r} aria-rowindex=${s+2}><span role="cell"
            class="bone"></span></div>`}};function Wn(){let[t,e]=h(Jt.matches);return f(()=>{let s=()=>e(Jt.matches);return Jt.addEventListener("change",s),()=>Jt.removeEventListener("change",s)},[]),t}var Un=(t,e)=>t?.seq??`at ${e}`,os=(t,e,s,n)=>{let a=Math.floor((t/s-ns)/Xt)*Xt,r=Math.ceil(((t+e)/s+ns)/Xt)*Xt;return[Math.max(0,Math.min(a,n)),Math.min(Math.max(r,0),n)]};function Bn(t,e,s){let n=b(-1),a=()=>{let l=document.activeElement?.closest?.("[data-index]");return l&&t.current.contains(l)?Number(l.dataset.index):-1},r=()=>{let l=t.current?.querySelector(`[data-index="${n.current}"] a`);l&&(n.current=-1,l.focus({preventScroll:!0}))},i=l=>{let c=t.current,$=a(),u=$<0?Math.ceil(c.scrollTop/e):Math.max(0,Math.min(s-1,$+l));n.current=u;let p=u*e,v=c.clientHeight-c.firstElementChild.offsetHeight;p<c.scrollTop?c.scrollTop=p:p+e>c.scrollTop+v&&(c.scrollTop=p+e-v),r()};O({j:()=>i(1),k:()=>i(-1)}),V(()=>{n.current>=0&&r()})}function Kn(t){if(t.target.closest("a, button")||String(getSelection()))return;t.target.closest(".row")?.querySelector(".row-link")?.dispatchEvent(new MouseEvent("click",t))}function at({pages:t,label:e,columns:s,draw:n,place:a,empty:r,rows:[i,l]=[40,62],onTop:c,class:$=""}){let u=b(),p=W(lt),v=Wn()?l:i,[T,D]=h({top:a?.top??0,height:900}),[K,rt]=os(T.top,T.height,v,t.count);Bn(u,v,t.count);let it=()=>{let{scrollTop:A,clientHeight:ke}=u.current;a&&(a.top=A),c?.(A<v/2);let xe=os(A,ke,v,t.count);(xe[0]!==K||xe[1]!==rt)&&D({top:A,height:ke})};V(()=>{a?.top&&(u.current.scrollTop=a.top);let A=new ResizeObserver(it);return A.observe(u.current),()=>A.disconnect()},[t]),V(()=>{t.shift&&(u.current.scrollTop-=t.shift*v,t.shift=0,it())}),f(()=>t.want(K,rt+Hn));let we=[];for(let A=K;A<rt;A++)we.push(o`<${he} key=${Un(t.row(A),A)} item=${t.row(A)} index=${A} top=${A*v} draw=${n}
            zone=${p} />`);let Hs=t.atEnd&&t.count===0;return o`<div class="list ${$}" role="table" aria-label=${e} aria-rowcount=${t.atEnd?t.count+1:-1}
            ref=${u} onScroll=${it} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${s.map(A=>o`<span role="columnheader" class="cell-${A.key}">
                ${A.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{height:`${t.count*v}px`}} onClick=${Kn}>
            ${we}</div>
        <${Vn} pages=${t} none=${Hs} empty=${r} />
    </div>`}function Vn({pages:t,none:e,empty:s}){return t.error?o`<div class="list-foot" role="rowgroup"><div role="row"><div role="cell">
            <${P} error=${t.error} retry=${()=>t.retry()} /></div></div></div>`:e?o`<div class="list-foot">${s??o`<${g} title="Nothing here" />`}</div>`:t.atEnd?o`<div class="list-foot end" />`:o`<div class="list-foot">${t.count===0?o`<${ut} lines=${10} />`:o`<span
        class="faint">Loading …</span>`}</div>`}function Yt(t,e){let[,s]=h(0),n=b({});n.current.key!==e&&(n.current.pages?.close(),n.current={key:e,pages:t()},n.current.pages.reopen());let{pages:a}=n.current;return a.onChange=()=>s(r=>r+1),f(()=>st.watch(r=>{r&&n.current.pages.error&&n.current.pages.retry()}),[]),f(()=>()=>n.current.pages.close(),[]),a}var bt=class{constructor(e,s){this.fetchPage=e,this.onChange=s??(()=>{}),this.pages=[],this.next=void 0,this.count=0,this.dropped=0,this.error=null,this.abort=new AbortController,this.loading=!1}get atEnd(){return this.next===null}close(){this.abort.abort()}reopen(){this.abort.signal.aborted&&(this.abort=new AbortController),this.loading=!1;for(let e of this.pages)e.loading=!1}find(e){let s=0,n=this.pages.length-1;for(;s<n;){let a=s+n+1>>1;this.pages[a].start<=e?s=a:n=a-1}return s}row(e){let s=this.pages[this.find(e)];return s?.rows?.[e-s.start]}want(e,s){if(this.count>0){let n=this.find(Math.max(0,e)),a=this.find(Math.min(this.count-1,s));for(let r=n;r<=a;r++)this.refill(this.pages[r]);this.trim(n+a>>1)}s>=this.count&&!this.atEnd&&!this.error&&this.more()}trim(e){this.pages.forEach((n,a)=>{Math.abs(a-e)<=12||!n.rows||(n.top=n.rows[0],n.rows=null)})}async more(){if(this.loading)return;this.loading=!0,this.error=null;let{signal:e}=this.abort;try{let s=this.next,{rows:n,next:a}=await this.fetchPage({cursor:s,signal:e});if(e.aborted)return;n.length&&this.pages.push({start:this.count,count:n.length,cursor:s,rows:n}),this.count+=n.length,this.next=a,this.shed()}catch(s){if(e.aborted)return;this.error=s}this.loading=!1,this.onChange()}async refill(e){if(e.rows||e.loading)return;e.loading=!0;let{signal:s}=this.abort;try{let{rows:n}=await this.fetchPage({cursor:e.cursor,page:e,signal:s});if(s.aborted)return;e.rows=n,n.length!==e.count&&(e.count=n.length,this.renumber())}catch(n){if(s.aborted)return;this.error=n}e.loading=!1,this.onChange()}retry(){this.error=null,this.onChange(),this.count||this.more()}prepend(e,s){let n=this.pages[0];n?.live&&n.rows&&n.count+e.length<=s?(n.rows=[...e,...n.rows],n.count=n.rows.length):this.pages.unshift({start:0,count:e.length,rows:e,live:!0}),this.renumber(),this.shedTail(),this.onChange()}shedTail(){for(;this.count>15e4;){let e=this.pages.pop();this.next={from:e.rows?.[0]??e.top},this.count-=e.count}}shed(){if(this.count<=15e4)return;let s=this.pages.splice(0,this.pages.length>>1).reduce((n,a)=>n+a.count,0);this.dropped+=s,this.shift=(this.shift??0)+s,this.renumber()}renumber(){let e=0;for(let s of this.pages)s.start=e,e+=s.count;this.count=e}};var as=["type","agent","lead","visitor","since","until"],Gn=[["at","Last activity"],["conversation","Conversation"],["agent","Agent"],["lead","Lead"],["count","Events"]].map(([t,e])=>({key:t,name:e})),Xn=100;function Rt(t,e,s,n){let a=At(t.search,n),[r,i]=h(0),l=`${t.key} ${t.pathname}${t.search}`,c=()=>new bt(async({cursor:v,signal:T})=>{let D=await y(e,{params:{...a,cursor:v,limit:a.email?void 0:Xn},signal:T});return{rows:D[s],next:D.next}}),u=Yt(()=>{let v=xt(l)??{place:{top:0},pages:c()};return kt(l,v),v.pages},`${l} ${r}`),p=async()=>{let v=c();if(await v.more(),v.error)throw v.error;kt(l,{place:{top:0},pages:v}),i(T=>T+1)};return{pages:u,filters:a,place:xt(l).place,refresh:p}}var Jn=t=>o`
    <span role="cell" class="cell-at">${U(t.last_at,I)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${x.conversation(t.id)}><${d}
        text=${t.id} /></a></span>
    <span role="cell" class="cell-agent">${(t.agent_name||t.agent_id)&&o`<${d}
        text=${t.agent_name||t.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_ids.slice(0,2).map(e=>o`<${Y} key=${e}
        id=${e} />`)}
        ${t.lead_ids.length>2&&o`<span class="faint">+${t.lead_ids.length-2}</span>`}</span>
    <span role="cell" class="cell-count">${E(t.events)}<span
        class="unit"> ${t.events===1?"event":"events"}</span></span>`;function rs({where:t}){let{pages:e,place:s}=Rt(t,"/v1/conversations","conversations",as);return f(()=>{C("Conversations")},[]),o`<div class="view fill"><${w} title="Conversations" />
        <${ot} where=${t} names=${as} />
        <div class="list-frame"><${at} pages=${e} label="Conversations" columns=${Gn} draw=${Jn} place=${s}
            class="conversations"
            empty=${o`<${g} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${g}>`} /></div></div>`}var Yn=/[ \t\r\n]*/y,is=/"(?:[^"\\]|\\.)*"/sy,Zn=/-?[0-9][0-9.eE+-]*|true|false|null/y;function ls(t){let e=new fe(t),s=e.value(0);return e.skip(),e.at!==t.length&&e.fail(),s}var fe=class{constructor(e){this.text=e,this.at=0}fail(){throw new SyntaxError(`not JSON at ${this.at}`)}match(e){e.lastIndex=this.at;let s=e.exec(this.text);return s||this.fail(),this.at+=s[0].length,s[0]}skip(){this.match(Yn)}take(e){return this.text[this.at]!==e?!1:(this.at++,!0)}value(e){if(e>256&&this.fail(),this.skip(),this.take("{"))return this.container("object","}",e);if(this.take("["))return this.container("array","]",e);if(this.text[this.at]==='"')return{kind:"string",raw:this.match(is)};let s=this.match(Zn);return{kind:/[-0-9]/.test(s[0])?"number":"word",raw:s}}container(e,s,n){let a=[];if(this.skip(),this.take(s))return{kind:e,items:a};for(;;){if(a.push(this.item(e,n)),this.skip(),this.take(s))return{kind:e,items:a};this.take(",")||this.fail()}}item(e,s){if(e==="array")return{key:null,node:this.value(s+1)};this.skip();let n=this.match(is);return this.skip(),this.take(":")||this.fail(),{key:n,node:this.value(s+1)}}};function me(t,e=""){if(!t.items)return t.raw;let[s,n]=t.kind==="object"?"{}":"[]";if(t.items.length===0)return s+n;let a=`${e}  `,r=t.items.map(({key:i,node:l})=>`${a}${i===null?"":`${i}: `}${me(l,a)}`);return`${s}
${r.join(`,
`)}
${e}${n}`}var Qn=4,to=50,ve=100,cs=3e3;function eo({node:t}){let[e,s]=h(!1),{raw:n,kind:a}=t;return n.length<=cs||e?o`<${d} class="json-${a}" text=${n} />`:o`<${d} class="json-${a}" text=${n.slice(0,cs)} />… <button type="button" class="quiet small"
        onClick=${()=>s(!0)}>
        show all ${M(n.length,"character")}</button>`}var ds=({text:t})=>t!==null&&o`<${d} class="json-key" text=${t} /><span class="json-mark">: </span>`;function so({node:t,label:e,depth:s}){let{items:n,kind:a}=t,[r,i]=h(s<Qn&&(s===0||n.length<=to)),[l,c]=h(ve),[$,u]=a==="object"?"{}":"[]",p=a==="object"?M(n.length,"member"):M(n.length,"item"),v=n.length-l;return o`<button type="button" class="fold" aria-expanded=${r} onClick=${()=>i(!r)}>
            <span class="fold-mark" aria-hidden="true"></span><${ds} text=${e} /><span class="json-mark">${$}</span>
                ${!r&&o`<span class="faint"> ${p} </span><span class="json-mark">${u}</span>`}</button>
        ${r&&o`<ul>${n.slice(0,l).map((T,D)=>o`<li key=${D}><${us} label=${T.key}
            node=${T.node} depth=${s+1} /></li>`)}
            ${v>0&&o`<li><button type="button" class="quiet small" onClick=${()=>c(l+10*ve)}>
                show ${Math.min(v,10*ve)} of ${M(v,"more","more")}</button></li>`}</ul>
            <span class="json-mark json-end">${u}</span>`}`}function us({label:t,node:e,depth:s}){return e.items?.length?o`<${so} node=${e} label=${t} depth=${s} />`:o`<span class="leaf"><${ds} text=${t} />${e.items?e.kind==="object"?"{}":"[]":o`
        <${eo} node=${e} />`}</span>`}var $s=({node:t})=>o`<div class="json"><${us} node=${t} label=${null} depth=${0} /></div>`;var no=(t,e)=>t&&o`<span class="with-copy"><${d} text=${t} /><${R} text=${t}
    what=${e} class="quiet small" /></span>`,ps=(t,e)=>o`<a href=${`/trail?${new URLSearchParams({[t]:e})}`}><${d} text=${e} /></a>`;function oo({event:t}){let{agent_id:e,agent_name:s,conversation_id:n,lead_id:a,visitor_id:r}=t;return o`<${B} rows=${[["Received",o`<${k} at=${t.received_at} />`],["Occurred",t.occurred_at&&o`<${k} at=${t.occurred_at} />`],["Agent",e&&o`${s&&o`<${d} text=${s} /> `}<span class="id">
            ${ps("agent",e)}</span>`],["Conversation",n&&o`<span class="with-copy"><a class="id"
            href=${`${x.conversation(n)}#event-${t.seq}`}>
            <${d} text=${n} /></a>${t.derived&&o` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${R} text=${n} what="the conversation’s id" class="quiet small" /></span>`],["Lead",a&&o`<span class="with-copy"><${Y} id=${a} /><${R} text=${a} what="the lead’s id"
            class="quiet small" /></span>`],["Visitor",r&&o`<span class="id">${ps("visitor",r)}</span>`],["Endpoint",t.endpoint&&o`<${d} text=${t.endpoint} />`],["Erased",t.erased_at&&o`<${k} at=${t.erased_at} />`],["Size",`${tt(t.size)}${t.size>=1024?` (${E(t.size)} bytes)`:""}`],["SHA-256",t.sha256&&o`<span class="mono">${no(t.sha256,"the digest")}</span>`],["Warnings",t.warnings.length>0&&o`<ul class="plain-list">${t.warnings.map(i=>o`<li
            class="warn-text"><${d} text=${i} /></li>`)}</ul>`]]} />`}function ao({event:t}){let{received:e}=t;return o`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
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
        ${t.received_more&&o`<p class="faint">There were more deliveries than are listed.</p>`}</section>`}function ro(t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{return null}}function io(t){try{return t===null?null:ls(t)}catch{return null}}var hs=2e5;function lo({text:t}){let[e,s]=h(!1),n=!e&&t.length>hs;return o`<pre class="raw" tabindex="0" dir="ltr"><${d} lines text=${n?t.slice(0,hs):t} /></pre>
        ${n&&o`<button type="button"
            onClick=${()=>s(!0)}>Show all ${M(t.length,"character")}</button>`}`}function co({seq:t}){let e=`/v1/events/${_(t)}/payload`,s=q(c=>y(e,{...c,as:"bytes"}),e),[n,a]=h(!1),r=j(()=>s.data&&ro(s.data),[s.data]),i=j(()=>io(r||null),[r]),l=i&&!n?()=>me(i):r;return o`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${i&&o`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!n} onClick=${()=>a(!1)}>Pretty</button>
                <button type="button" aria-pressed=${n} onClick=${()=>a(!0)}>Raw</button></div>`}
            ${r&&o`<${R} text=${l} what="the payload" class="" />`}
            <a class="button" href=${e} download=${`event-${t}.json`}>Download</a>
        </div></div>
        <div class="paper">${s.error?.status===410?o`<p class="faint">${s.error.detail}</p>`:o`<${L}
            of=${s} lines=${10}>${()=>r===null?o`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`:i&&!n?o`<${$s} node=${i} />`:o`<${lo} text=${r} />`}</${L}>`}</div></section>`}function fs({seq:t,words:e="that it is in the trail, unchanged"}){let s=`/v1/events/${_(t)}/proof`,[n,a]=h(!1);return o`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">${e}</span></h2>
        ${!n&&o`<div class="acts"><button type="button" onClick=${()=>a(!0)}>Show</button></div>`}</div>
        ${n&&o`<${uo} path=${s} seq=${t} />`}</section>`}function uo({path:t,seq:e}){let s=q(n=>y(t,{...n,as:"text"}),t);return s.error?.status===404?o`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${s.reload}>Look again</button></p>`:o`<${L} of=${s} lines=${5}>${n=>o`<div class="paper">
        <pre class="raw" tabindex="0">${n}</pre>
        <p class="acts"><${R} text=${n} what="the proof" class="" /><a class="button" href=${t}
            download=${`${e}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${L}>`}var $o=({seq:t,error:e})=>o`<${g} title=${o`Event <span class="number"><${d} text=${t} /></span> was erased`}>
    <p><${d} text=${e.detail} /></p></${g}>
    <${fs} key=${t} seq=${t} words="that it was taken into the trail" />`,po=t=>/^[1-9][0-9]{0,15}$/.test(t);function ms({where:t}){let e=t.id,s=q(a=>y(`/v1/events/${_(e)}`,a),e);f(()=>{C("Event",e)},[e]),O({Escape:()=>nt("/trail")});let n=(a,r,i)=>po(e)&&Number(e)+a>0&&o`<a class="button square"
        href=${x.event(Number(e)+a)}
        aria-label=${r} title=${r}><span class=${i}><${S} name="right" /></span></a>`;return o`<div class="view scroll"><${w} title=${o`Event <span class="number"><${d} text=${e} /></span>`}
            lead=${o`<a class="up" href="/trail">Trail</a>`}>
            ${n(-1,"The event before","flip")}${n(1,"The event after","")}</${w}>
        ${s.error?.status===404?o`<${g} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${g}>`:s.error?.status===410?o`<${$o} seq=${e}
            error=${s.error} />`:o`
        <${L} of=${s}>${a=>o`
            <p class="lead-line"><${J} type=${a.type} /> <span class="faint">
                ${G(a.type)===a.type?"":a.type}</span></p>
            <${oo} event=${a} />
            ${!a.erased_at&&o`<${co} key=${e} seq=${e} />`}
            <${ao} event=${a} />
            <${fs} key=${e} seq=${e} />`}</${L}>`}</div>`}var ho=1e3,vs=(t,e,s)=>y(`/v1/leads/${_(t)}`,{...e,params:{limit:ho,cursor:s}}),fo=({seq:t,type:e,conversation_id:s,occurred_at:n,received_at:a})=>({seq:t,at:n??a,type:e,conversation:s,changes:[]});function mo({changes:t,events:e,escalations:s,intents:n}){let a=new Map(e.map(l=>[l.seq,fo(l)])),r=(l,c,$)=>(a.has(l)||a.set(l,{seq:l,at:c,type:$,changes:[]}),a.get(l));for(let l of t)r(l.seq,l.at,"new-contact").changes.push(l);let i=[...s.map(l=>["session-escalated",l]),...n.map(l=>["buyer-intent-detected",l])];for(let[l,{seq:c,at:$,reason:u,conversation_id:p}]of i){let v=r(c,$,l);v.reason=u,v.conversation??=p}return[...a.values()].sort((l,c)=>Date.parse(c.at)-Date.parse(l.at)||c.seq-l.seq)}var gs=({value:t})=>t==null?o`<span class="faint">nothing</span>`:o`<${d}
    text=${vt(t)} />`,vo=({change:t})=>o`<li><span class="faint"><${d} text=${gt(t.field)} /></span>
    ${t.from!==null&&o`<del><${gs} value=${t.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${gs} value=${t.to} /></ins></li>`;function go({entry:t,several:e}){return o`<li class="entry"><div class="entry-head"><${J} type=${t.type} />
            <p class="meta"><${k} at=${t.at} show=${Et} /><${N} seq=${t.seq}><span
                class="offscreen">event </span>#${t.seq}</${N}>
            ${e&&t.conversation&&o`<${dt} id=${t.conversation} />`}</p></div>
        ${t.reason&&o`<${ft} class="reason" text=${t.reason} />`}
        ${t.changes.length>0&&o`<ul class="changes">${t.changes.map((s,n)=>o`<${vo} key=${n}
            change=${s} />`)}</ul>`}</li>`}var bs=200;function bo({history:t}){let e=j(()=>mo(t),[t]),[s,n]=h(bs),a=[];for(let i of e.slice(0,s)){let l=St(i.at);a.at(-1)?.key!==l&&a.push({key:l,at:i.at,entries:[]}),a.at(-1).entries.push(i)}let r=t.conversations.length>1;return o`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${a.map(i=>o`<div class="line-day" key=${i.key}><h3><${k} at=${i.at} show=${Pt} /></h3>
            <ol class="line">${i.entries.map(l=>o`<${go} key=${l.seq} entry=${l}
                several=${r} />`)}</ol></div>`)}
        ${e.length>s&&o`<button type="button"
            onClick=${()=>n(s+5*bs)}>Show more of ${M(e.length,"event")}</button>`}
        ${t.changes_cut&&o`<p class="faint">There are more changes than are shown.</p>`}</section>`}function yo({lead:t}){return o`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${B} rows=${[...Ze(t).map(([e,s])=>[o`<${d} text=${gt(e)} />`,o`<span class="with-copy"><${d} text=${vt(s)} /><${R} text=${vt(s)}
                what=${gt(e)} class="quiet small" /></span>`]),["Lead",o`<span class="with-copy"><span class="id"><${d} text=${t.id} /></span><${R} text=${t.id}
            what="the lead’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&o`<${d} text=${t.agent_name||t.agent_id} />`],["First seen",o`<${k} at=${t.first_at} />`],["Last seen",o`<${k} at=${t.last_at} />`],["Events",o`<a href=${`/trail?${new URLSearchParams({lead:t.id})}`}>${M(t.events,"event")}</a>`]]} />${t.profile_cut&&o`<p class="faint">The profile is larger than what is shown.</p>`}</section>`}function wo({history:t}){let{conversations:e}=t;return e.length===0?null:o`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${e.length}${t.conversations_cut?"+":""}</span></h2>
        <ul class="talks">${e.map(s=>o`<li key=${s.id}><${dt} id=${s.id} />
            <span class="faint"><${k} at=${s.first_at} show=${I} /> to <${k} at=${s.last_at}
                show=${I} />, ${M(s.events,"event")}</span></li>`)}</ul></section>`}function ys({where:t}){let{id:e}=t,s=q(i=>vs(e,i),e);f(()=>{C("Lead",e)},[e]),O({Escape:()=>nt("/leads")});let n=async()=>{let i=await vs(e,{},s.data.next);s.replace({...s.data,events:[...s.data.events,...i.events],next:i.next})},a=s.error?.status===404||s.error?.status===410,r=s.data&&_t(s.data.lead);return o`<div class="view scroll lead"><${w} title=${r?o`<${d} text=${r} />`:"Lead"} lead=${o`<a
        class="up" href="/leads">Leads</a>`} />
        ${a?o`<${g} title=${s.error.status===410?"This lead was erased":"There is no such lead"}><p>
            ${s.error.detail}</p></${g}>`:o`
        <${L} of=${s} lines=${12}>${i=>o`<div class="columns">
            <div class="column-side"><${yo} lead=${i.lead} /><${wo} history=${i} /></div>
            <div class="column-main"><${bo} history=${i} />
                ${i.next&&o`<p><${z}
                    act=${n}>Load more events</${z}></p>`}</div></div>`}</${L}>`}</div>`}var ws=["agent","conversation","visitor","since","until","email"],ko=[["at","Last activity"],["name","Lead"],["email","Email"],["company","Company"],["count","Conversations"]].map(([t,e])=>({key:t,name:e})),ks=t=>typeof t=="string"&&t!==""&&o`<${d} text=${t} />`,xo=t=>o`
    <span role="cell" class="cell-at">${U(t.last_at,I)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${x.lead(t.id)}>${_t(t.profile)?o`<${d} text=${_t(t.profile)} />`:o`<span class="id"><${d}
            text=${t.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${ks(t.profile?.email)}</span>
    <span role="cell" class="cell-company">${ks(t.profile?.company)}</span>
    <span role="cell" class="cell-count">${E(t.conversations)}${t.conversations_more&&"+"}<span
        class="unit"> ${t.conversations===1?"conversation":"conversations"}</span></span>`;function xs({where:t}){let{pages:e,filters:s,place:n}=Rt(t,"/v1/leads","leads",ws);return f(()=>{C("Leads")},[]),o`<div class="view fill"><${w} title="Leads" />
        <${ot} where=${t} names=${ws.filter(a=>a!=="email")} />
        <div class="list-frame"><${at} pages=${e} label="Leads" columns=${ko} draw=${xo} place=${n}
            class="leads"
            empty=${o`<${g} title="No leads">${s.email?o`<p>Nobody ever had this address.</p>`:o`
                <p>They appear here when contact details are captured.</p>`}</${g}>`} /></div></div>`}var ge=864e5,Es=[7,30,90],Eo=5e3,So=1e3,Ss=5,Nt=t=>new Date(t).toISOString().slice(0,10),Zt=t=>t.catch(e=>{if(e.name==="AbortError")throw e;return null}),To=t=>Nt(Date.now()-(t-1)*ge);async function Co(t,e){let s=To(t),n=(l,c)=>y(l,{...e,params:c}),[a,r,i]=await Promise.all([n("/v1/stats",{since:s}),Zt(n("/v1/health")),Zt(n("/v1/events",{limit:1}))]);return{stats:a,health:r,newest:i,since:s,range:t}}async function Mo(t){let e=Nt(Date.now()),s=(c,$)=>Zt(y(c,{...t,params:$})),[n,a,r,i,l]=await Promise.all([s("/v1/conversations",{since:e,limit:So}),s("/v1/rejected",{limit:Ss}),s("/v1/exports"),Zt(y("/log/checkpoint",{...t,as:"text"})),s("/v1/events",{type:"session-escalated",limit:Ss})]);return{today:e,conversations:n,rejected:a,exports:r,checkpoint:i,escalations:l}}function Lo(t,e){let s=new Map(t.days.map(a=>[a.day,a])),n=Date.now();return Array.from({length:e},(a,r)=>{let i=Nt(n-(e-1-r)*ge),{events:l=0,types:c}=s.get(i)??{};return{day:i,events:l,types:{__proto__:null,...c}}})}var qt=(t,e)=>t.reduce((s,n)=>s+(n.types[e]??0),0),yt=({words:t,value:e,href:s,note:n})=>o`<li class="tile"><a href=${s}><span class="tile-words">${t}</span>
    <span class="tile-value">${e}</span><span class="tile-note">${n}</span></a></li>`;function _o({data:t,days:e}){let{stats:s,conversations:n,since:a,range:r}=t,i=t.today??Nt(Date.now()),l=n?`${E(n.conversations.length)}${n.next?"+":""}`:"…",c=`in ${r} days`,$=p=>`/trail?${new URLSearchParams({type:p,since:a})}`,u=s.totals.rejected;return o`<ul class="tiles">
        <${yt} words="Events" value=${E(e.reduce((p,v)=>p+v.events,0))} note=${c}
            href=${`/trail?since=${a}`} />
        <${yt} words="Conversations" value=${l}
            note="today" href=${`/conversations?since=${i}`} />
        <${yt} words="Escalations" value=${E(qt(e,"session-escalated"))} note=${c}
            href=${$("session-escalated")} />
        <${yt} words="Buyer intents" value=${E(qt(e,"buyer-intent-detected"))} note=${c}
            href=${$("buyer-intent-detected")} />
        <${yt} words="Questions" value=${E(qt(e,"new-question"))} note=${c}
            href=${$("new-question")} />
        <${yt} words="Rejected" value=${E(u)}
            note=${u?"kept, with the reason":"nothing"} href="/rejected" />
    </ul>`}function Ao(t){let[e,s]=h(null);return f(()=>{import("./chart-V47NKSVL.js").then(n=>s(()=>n.Chart),()=>{})},[]),e?o`<${e} ...${t} />`:o`<div class="chart" />`}function Ro({days:t,types:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${e.map(s=>o`<th scope="col" key=${s}><${d} text=${G(s)} /></th>`)}</tr></thead>
        <tbody>${t.toReversed().map(s=>o`<tr key=${s.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({since:s.day,until:Nt(Date.parse(s.day)+ge)})}`}>
            ${s.day}</a></th>
            <td>${E(s.events)}</td>${e.map(n=>o`<td key=${n}>
                ${E(s.types[n]??0)}</td>`)}</tr>`)}</tbody></table></div>`}var qo=t=>[...new Set(t.flatMap(e=>Object.keys(e.types)))].sort((e,s)=>qt(t,s)-qt(t,e));function No({data:t,days:e}){let[s,n]=h(new Set),[a,r]=h(!1),i=j(()=>qo(e),[e]),l=j(()=>i.filter($=>!s.has($)),[i,s]),c=$=>n(u=>{let p=new Set(u);return p.delete($)||p.add($),p});return o`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!a}
            onClick=${()=>r(!1)}>Chart</button>
            <button type="button" aria-pressed=${a} onClick=${()=>r(!0)}>Table</button></div></div>
        ${a?o`<${Ro} days=${e} types=${i} />`:o`<${Ao} days=${e} types=${l} />
            <ul class="legend">${i.map($=>o`<li key=${$}><button type="button"
                class="quiet small ${jt($)}" aria-pressed=${!s.has($)}
                onClick=${()=>c($)}><span class="dot" aria-hidden="true"></span><${d}
                    text=${G($)} /></button></li>`)}</ul>`}
        ${t.stats.totals.events===0&&o`<p class="faint">No events in this time.</p>`}</section>`}var Ts=()=>o`<${m} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${S}
    name="quiet" />quiet</${m}>`;function Oo({data:t}){let{health:e,stats:s}=t,n=new Map(s.types.map(r=>[r.type,r.events])),a=(e?.types??[]).toSorted((r,i)=>Date.parse(i.last_at)-Date.parse(r.last_at));return o`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${a.length===0&&o`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${a.map(r=>o`<li key=${r.type}><a
            href=${`/trail?${new URLSearchParams({type:r.type})}`}><${J} type=${r.type} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Ts} />`}<span class="faint number">
                ${E(n.get(r.type)??0)}</span><${ct} at=${r.last_at} /></span></li>`)}</ul></section>`}function Do({data:t}){let{health:e,stats:s}=t,n=new Map(s.agents.map(r=>[r.agent_id,r.events])),a=(e?.agents??[]).slice(0,8);return a.length===0?null:o`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${a.map(r=>o`<li key=${r.agent_id}><a
            href=${`/trail?${new URLSearchParams({agent:r.agent_id})}`}><${d}
            text=${r.agent_name||r.agent_id} /></a>
            <span class="rows-end">${r.unusually_quiet&&o`<${Ts} />`}<span class="faint number">
                ${E(n.get(r.agent_id)??0)}</span><${ct}
                at=${r.last_at} /></span></li>`)}</ul></section>`}function Io({data:t}){let e=t.escalations?.events??[];return e.length===0?null:o`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.seq}>${s.conversation_id?o`<${dt}
            id=${s.conversation_id} />`:o`<${N} seq=${s.seq}>Event ${s.seq}</${N}>`}<span class="rows-end"><${ct}
                at=${s.occurred_at??s.received_at} /></span></li>`)}</ul></section>`}function Po({data:t}){let e=t.rejected?.rejected??[];return e.length===0?null:o`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${e.map(s=>o`<li key=${s.number}><a class="cut" href=${x.rejection(s.number)}>
            <${d} text=${s.detail||s.title} /></a>
            <span class="rows-end"><${m} kind="bad">${s.status}</${m}><${ct}
                at=${s.received_at} /></span></li>`)}</ul></section>`}function jo(t){let[e,s,n]=(t??"").split(`
`);return/^\d+$/.test(s??"")?{origin:e,size:Number(s),root:n}:null}function Fo({data:t}){let e=t.newest?.events[0],s=jo(t.checkpoint),n=e&&s?e.seq-s.size:0;return o`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${B} rows=${[["Newest event",e?o`<${N} seq=${e.seq}>${E(e.seq)}</${N}> <${ct}
            class="faint" at=${e.received_at} />`:"none yet"],["Checkpoint",s?o`<${m} kind=${n>0?"":"good"}>
            ${n>0?`${E(n)} not signed yet`:"all signed"}</${m}> at ${E(s.size)}`:"none yet"],["Root",s&&o`<span class="mono"><${d} text=${s.root} /></span>`],["Log",s&&o`<span class="mono"><${d} text=${s.origin} /></span>`]]} /></section>`}function zo({data:t}){let e=t.exports?.exports??[];return o`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${e.length===0&&o`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${e.map(s=>o`<li key=${s.name}><span><${d}
            text=${s.name} /> ${s.state!=="done"&&o`<${m} kind="warn">${s.state}</${m}>`}</span>
            <span class="rows-end">${s.behind>0?o`<span class="faint">
                ${M(s.behind,"event")} behind</span>`:o`<${m} kind="good">up to date</${m}>`}
            ${s.done_at?o`<${ct} at=${s.done_at} />`:o`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`}function Ho(t,e){let s=b();s.current=t,f(()=>{if(e===void 0)return;let n=null,a=()=>{n=null,Ht()&&s.current()},r=mt({after:e,onEvents:()=>{n??=setTimeout(a,Eo)}});return()=>{clearTimeout(n),r()}},[e===void 0])}function Cs({where:t}){let e=Number(new URLSearchParams(t.search).get("days")),s=Es.includes(e)?e:30,n=q(u=>Co(s,u),`overview ${s}`,!0),a=q(Mo,"rest"),{error:r}=n,i=n.data&&{...n.data,...a.data},l=()=>{n.reload(),a.reload()};Ho(l,i?i.newest?.events[0]?.seq??0:void 0),f(()=>{C("Overview")},[]);let c=j(()=>n.data&&Lo(n.data.stats,n.data.range),[n.data]),$=i&&i.newest?.events.length===0;return o`<div class="view scroll overview"><${w} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${Es.map(u=>o`<button type="button"
                key=${u} aria-pressed=${u===s}
                onClick=${()=>F(`/?days=${u}`,{replace:!0})}>${u} days</button>`)}</div></${w}>
        ${r&&o`<${P} error=${r} retry=${l} />`}
        ${!i&&!r&&o`<${ut} lines=${10} />`}
        ${$&&o`<${g} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${g}>`}
        ${i&&o`<${_o} data=${i} days=${c} />
            <${No} data=${i} days=${c} />
            <div class="cards"><${Oo} data=${i} /><${Do} data=${i} /><${Io} data=${i} />
                <${Po} data=${i} />
                ${a.data&&o`<${Fo} data=${i} /><${zo} data=${i} />`}</div>
            <p class="faint asof">Since <${k} at=${i.since} show=${Le} />. <${k} at=${new Date().toISOString()}
                show=${u=>`As of ${I(u)}`} /></p>`}
    </div>`}var Ms=["since","until"],Wo=[["at","Received"],["status","Answer"],["reason","Reason"],["endpoint","Endpoint"],["size","Size"],["seq","Number"]].map(([t,e])=>({key:t,name:e})),Uo=t=>o`
    <span role="cell" class="cell-at">${U(t.received_at,I)}</span>
    <span role="cell" class="cell-status"><${m} kind="bad">${t.status}</${m}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${x.rejection(t.number)}><${d}
        text=${t.detail||t.title} /></a></span>
    <span role="cell" class="cell-endpoint">${t.endpoint&&o`<${d} text=${t.endpoint} />`}</span>
    <span role="cell" class="cell-size">${tt(t.size)}</span>
    <span role="cell" class="cell-seq">${t.number}</span>`,Bo=3e4;function Ko(t,e){let s=b();s.current=()=>{e.top===0&&t().catch(()=>{})},f(()=>{let n=()=>s.current(),a=setInterval(()=>{Ht()&&n()},Bo);return addEventListener("focus",n),()=>{clearInterval(a),removeEventListener("focus",n)}},[])}function Ls({where:t}){let{pages:e,filters:s,place:n,refresh:a}=Rt(t,"/v1/rejected","rejected",Ms);return f(()=>{C("Rejected")},[]),Ko(a,n),o`<div class="view fill"><${w} title="Rejected"><${z} act=${async()=>{await a(),document.querySelector(".list").scrollTop=0}}>Refresh</${z}></${w}>
        <${ot} where=${t} names=${Ms} />
        <div class="list-frame"><${at} pages=${e} label="Rejected deliveries" columns=${Wo} draw=${Uo}
            place=${n} class="rejections"
            empty=${o`<${g} title="Nothing is kept here">${Object.keys(s).length>0&&o`
                <p>Of this time there is none.</p>`}</${g}>`} /></div></div>`}var _s=4e3,As=8e3;function Vo(t){return typeof t.body=="string"?new TextEncoder().encode(t.body):Uint8Array.from(atob(t.body_base64??""),e=>e.charCodeAt(0))}var be=new TextDecoder("utf-8",{ignoreBOM:!0}),Go=t=>(t&192)===128;function Xo(t,e){if(e===null)return{before:be.decode(t.subarray(0,As)),more:t.length-As};let s=Math.max(0,e-_s),n=Math.min(e+1,t.length);for(;n<t.length&&n<e+4&&Go(t[n]);)n++;let a=Math.min(t.length,n+_s),r=(i,l)=>be.decode(t.subarray(i,l));return{skipped:s,before:r(s,e),fault:r(e,n),after:r(n,a),more:t.length-a}}function Jo({rejection:t}){let e=j(()=>Vo(t),[t]),{offset:s}=t,{skipped:n,before:a,fault:r,after:i,more:l}=j(()=>Xo(e,s),[e,s]);return f(()=>{document.querySelector(".fault")?.scrollIntoView({block:"nearest"})},[e]),o`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${t.kept<t.size?`the first ${tt(t.kept)} were kept`:"as received"}</span></h2>
        <div class="acts"><${R} text=${()=>be.decode(e)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${n>0&&o`<span
            class="faint">… ${tt(n)} before\n</span>`}<${d} lines text=${a} />${s!==null&&o`<mark class="fault" title=${`byte ${s}`}><span class="offscreen">at fault: </span>
                ${r?o`<${d} text=${r} />`:"end"}</mark>`}${i&&o`<${d} lines text=${i} />`}${l>0&&o`<span
                class="faint">\n… ${tt(l)} after</span>`}</pre></section>`}var Yo=({pointer:t})=>o`<ul class="plain-list mono">${t.split(" ").map(e=>o`<li><${d}
    text=${e} /></li>`)}</ul>`;function Zo({rejection:t,onClose:e}){let[s,n]=h(null),a=async()=>{try{await ht(`/v1/rejected/${_(t.number)}`)}catch(r){return n(r)}$t(`Rejected delivery ${t.number} was dropped.`),F("/rejected",{replace:!0})};return o`<${X} title=${`Drop rejected delivery ${t.number}?`} onClose=${e}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${s&&o`<${P} error=${s} />`}
        <div class="dialog-acts"><button type="button" onClick=${e}>Keep it</button><${z} class="danger"
            act=${a}>Drop it</${z}></div></${X}>`}function Qo({rejection:t,onProblem:e}){let[s,n]=h(!1);return o`<${z} act=${async()=>{try{let r=await Q(`/v1/rejected/${_(t.number)}/retry`);$t(`Taken into the trail as event ${r.seq}.`,"good"),F(x.event(r.seq),{replace:!0})}catch(r){e(r)}}}>Retry</${z}>
        <button type="button" class="danger-quiet" onClick=${()=>n(!0)}>Drop</button>
        ${s&&o`<${Zo} rejection=${t} onClose=${()=>n(!1)} />`}`}function Rs({where:t,who:e}){let{id:s}=t,n=q(i=>y(`/v1/rejected/${_(s)}`,i),s),[a,r]=h(null);return f(()=>{C("Rejected",s)},[s]),O({Escape:()=>nt("/rejected")}),o`<div class="view scroll"><${w} title=${o`Rejected <span class="number"><${d} text=${s} /></span>`}
        lead=${o`<a class="up" href="/rejected">Rejected</a>`}>
            ${n.data&&pt(e)&&o`<${Qo} rejection=${n.data} onProblem=${r} />`}</${w}>
        ${a&&o`<${P} error=${a}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${P}>`}
        ${n.error?.status===404?o`<${g} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${g}>`:o`
        <${L} of=${n}>${i=>o`
            <p class="lead-line"><${m} kind="bad">${i.status}</${m}> <${d}
                text=${i.detail||i.title} /></p>
            <${B} rows=${[["Received",o`<${k} at=${i.received_at} />`],["Reason",o`<${d} text=${i.title} />`],["Byte at fault",i.offset!==null&&o`<span class="mono">${i.offset}</span>`],["Looked for at",i.pointer&&o`<${Yo} pointer=${i.pointer} />`],["Endpoint",i.endpoint&&o`<${d} text=${i.endpoint} />`],["Sender",i.sender&&o`<span class="mono"><${d} text=${i.sender} /></span>`],["Content type",i.content_type&&o`<span class="mono"><${d}
                    text=${i.content_type} /></span>`],["Size",tt(i.size)]]} /><${Jo} rejection=${i} />`}</${L}>`}</div>`}function Qt({title:t,secret:e,what:s,children:n,onClose:a}){return o`<${X} title=${t} onClose=${a} held>
        <p>${n}</p>
        <p class="secret" data-testid="secret"><code>${e}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${R} text=${e} what=${s} class="primary" autofocus /><button type="button"
            onClick=${a}>Done</button></div></${X}>`}function Z({title:t,submit:e,words:s,danger:n,onClose:a,children:r,disabled:i=!1}){let l=b(),[c,$]=h({});return o`<${X} title=${t} onClose=${a}><form ref=${l} onSubmit=${async p=>{p.preventDefault(),$({busy:!0});try{await e(Object.fromEntries(new FormData(l.current)))}catch(v){$({error:v})}}}>${r}
        ${c.error&&o`<${P} error=${c.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${a}>Cancel</button>
            <button type="submit" class=${n?"danger":"primary"} disabled=${i||c.busy}
                aria-busy=${!!c.busy}>${s}</button></div></form></${X}>`}var qs=({help:t})=>o`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck="false" autofocus /><span class="faint">
            ${t} Letters, digits, dots, underscores, dashes.</span></label>`,ta=t=>location.origin+t;function ea({onClose:t,onSecret:e}){return o`<${Z} title="Add an endpoint" words="Add" submit=${async({label:n})=>e(await Q("/v1/endpoints",{body:{label:n}}))} onClose=${t}>
        <${qs} help="What you call it by, such as the site that its deliveries come from." /></${Z}>`}function sa({endpoint:t,onClose:e,onSecret:s}){return o`<${Z} title="Rotate the endpoint" words="Rotate" submit=${async()=>s(await Q(`/v1/endpoints/${_(t.id)}/rotate`))} onClose=${e}>
        <p>Makes a new secret path for <strong><${d}
            text=${t.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${Z}>`}var na=(t,e)=>e.filter(s=>s.id!==t.id&&s.name===t.name&&s.state==="active"&&t.state==="active");function oa({endpoint:t,shared:e,onClose:s,onDone:n}){let[a,r]=h(""),i=e?String(t.id):t.name;return o`<${Z} title="Retire the endpoint" words="Retire it for good" danger submit=${async()=>{await Q(`/v1/endpoints/${_(t.id)}/retire`,{body:{confirm:i}}),n()}} onClose=${s}
        disabled=${a!==i}>
        <p>From now on deliveries to endpoint ${t.id}, <strong><${d}
            text=${t.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        ${e&&o`<p>Another endpoint has this name too, so it is the number that counts.</p>`}
        <label class="field"><span>Type <strong><${d} text=${i} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck="false" value=${a}
                onInput=${c=>r(c.target.value)} autofocus /></label></${Z}>`}var aa=(t,e,s)=>t.state==="active"&&o`
    <button type="button" class="quiet" aria-label=${`Rotate ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"rotate",endpoint:t})}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${t.name}${e?`, ${t.id}`:""}`}
        onClick=${()=>s({kind:"retire",endpoint:t,shared:e})}>Retire</button>`,ra=(t,e)=>e.some(({id:s})=>s>t.id);function ia({endpoints:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>[s,na(s,t)]).map(([s,n])=>o`<tr
            key=${s.id} data-testid="endpoint">
            <td><${d} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="active"?"good":""}>${s.state}</${m}>
                ${ra(s,n)&&o` <${m} kind="warn"
                    title="It was rotated: retire it when nothing is delivered to it any more">older</${m}>`}
                ${s.retired_at&&o` <span class="faint"><${k} at=${s.retired_at} /></span>`}</td>
            <td>${s.signed?"yes":o`<span class="faint">no</span>`}</td>
            <td><${k} at=${s.created_at} /></td>
            <td class="acts">${aa(s,n.length>0,e)}</td></tr>`)}</tbody></table></div>`}function la({onChange:t}){let e=q(l=>y("/v1/endpoints",l),"endpoints"),[s,n]=h(null),a=()=>n(null),r=({endpoint:l,name:c})=>{e.reload(),t(),n({kind:"secret",endpoint:l,name:c})},i=()=>{e.reload(),t(),a(),$t("The endpoint is retired: it answers 410.")};return o`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${L} of=${e} lines=${3}>${({endpoints:l})=>o`<${ia} endpoints=${l}
            show=${n} />`}</${L}>
        ${s?.kind==="add"&&o`<${ea} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="rotate"&&o`<${sa} endpoint=${s.endpoint} onClose=${a}
            onSecret=${r} />`}
        ${s?.kind==="retire"&&o`<${oa} endpoint=${s.endpoint} shared=${s.shared} onClose=${a}
            onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${Qt} title="The endpoint’s address" secret=${ta(s.endpoint)}
            what="the address" onClose=${a}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${Qt}>`}</section>`}function ca({onClose:t,onSecret:e}){return o`<${Z} title="Add a token" words="Add" submit=${async({label:n,scope:a})=>e(await Q("/v1/tokens",{body:{label:n,scope:a}}))} onClose=${t}>
        <${qs} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${Z}>`}function da({token:t,onClose:e,onDone:s}){return o`<${Z} title="Revoke the token" words="Revoke" danger submit=${async()=>{await ht(`/v1/tokens/${_(t.id)}`),s()}} onClose=${e}>
        <p>Programs that use <strong><${d}
            text=${t.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p></${Z}>`}function ua({tokens:t,show:e}){return o`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
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
                onClick=${()=>e({kind:"revoke",token:s})}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`}function $a({onChange:t}){let e=q(l=>y("/v1/tokens",l),"tokens"),[s,n]=h(null),a=()=>n(null),r=({token:l})=>{e.reload(),t(),n({kind:"secret",token:l})},i=()=>{e.reload(),t(),a(),$t("The token is revoked.")};return o`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${()=>n({kind:"add"})}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${L} of=${e} lines=${3}>${({tokens:l})=>o`<${ua} tokens=${l} show=${n} />`}</${L}>
        ${s?.kind==="add"&&o`<${ca} onClose=${a} onSecret=${r} />`}
        ${s?.kind==="revoke"&&o`<${da} token=${s.token} onClose=${a} onDone=${i} />`}
        ${s?.kind==="secret"&&o`<${Qt} title="The new token" secret=${s.token} what="the token"
            onClose=${a}>Give it to whom it is for, by a way that you trust.</${Qt}>`}</section>`}function pa({changes:t}){let e=q(s=>y("/v1/acts",{...s,params:{limit:50}}),"acts");return f(()=>{t&&e.reload()},[t]),o`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${L} of=${e} lines=${5}>${({acts:s})=>o`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${s.map(n=>o`<tr key=${n.seq}><td class="nowrap"><${k} at=${n.at} /></td><td>
            ${n.who&&o`<${d} text=${n.who} />`}</td>
            <td><${d} text=${n.kind} /></td><td>${n.object&&o`<${d} text=${n.object} />`}</td>
            <td class="faint">${n.detail&&o`<${d}
                text=${n.detail} />`}</td></tr>`)}</tbody></table></div>`}</${L}></section>`}function Ns({who:t}){let[e,s]=h(0),n=()=>s(a=>a+1);return f(()=>{C("Settings")},[]),pt(t)?o`<div class="view scroll settings"><${w} title="Settings" /><${la} onChange=${n} /><${$a}
        onChange=${n} /><${pa} changes=${e} /></div>`:o`<div class="view scroll"><${w} title="Settings" /><${g} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${g}></div>`}var Os={expired:"Your session has ended. Sign in again to go on where you were.",idle:"You were signed out because nothing was done for a while."},ha=t=>t.status===401||t.status===403?"No token is like that, or it was revoked.":t.detail||t.message;function Ds({why:t}){let e=b(),[s,n]=h({});f(()=>{C("Sign in"),e.current.focus()},[]);let a=async r=>{r.preventDefault();let i=e.current.value.trim();if(!i)return e.current.focus();n({busy:!0});try{await Fe(i)}catch(l){n({error:ha(l)}),e.current?.select()}};return o`<main class="alone sign-in" data-state=${H.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${Os[t]&&o`<p class="notice" role="status">${Os[t]}</p>`}
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
    </main>`}var Is=100,te=1e3,fa=[["at","Received"],["type","Type"],["agent","Agent"],["conversation","Conversation"],["lead","Lead"],["marks","Marks"],["seq","Event"]].map(([t,e])=>({key:t,name:e})),ma=({event:t})=>o`
    ${t.deliveries>1&&o`<${m}
        title=${`delivered ${t.deliveries} times`}>×${E(t.deliveries)}</${m}>`}
    ${t.warnings.length>0&&o`<${m} kind="warn" title=${t.warnings.join(`
`)}>
        ${M(t.warnings.length,"warning")}</${m}>`}
    ${t.derived&&o`<${m}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${m}>`}
    ${t.unreadable&&o`<${m} kind="bad" title="The payload could not be read">unreadable</${m}>`}`,va=t=>o`
    <span role="cell" class="cell-at">${U(t.received_at,I)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${x.event(t.seq)}
        title=${G(t.type)} aria-label=${`${G(t.type)}, event ${t.seq}`}><${J} type=${t.type} /></a></span>
    <span role="cell" class="cell-agent">${t.agent_name||t.agent_id?o`<${d}
        text=${t.agent_name||t.agent_id} />`:""}</span>
    <span role="cell" class="cell-conversation">${t.conversation_id&&o`<${dt}
        id=${t.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_id&&o`<${Y} id=${t.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${ma} event=${t} /></span>
    <span role="cell" class="cell-seq">${t.seq}</span>`;function ga(t){let e=t.order==="asc"?-1:1,s=t.order==="asc"?"after":"before";return async({cursor:n,page:a,signal:r})=>{let i=a?.top??n?.from,l=i?{...t,[s]:i.seq+e}:{...t,cursor:n},{events:c,next:$}=await y("/v1/events",{params:{...l,limit:a?.count??Is},signal:r});return{rows:c,next:$}}}var Ps=t=>t.order!=="asc"&&!t.until&&!t.before,ee=class{constructor(){this.rows=[],this.count=0}add(e){this.count+=e.length,this.rows=this.count<=te?[...e,...this.rows]:[]}get overflown(){return this.count>te}};function ba(t){return{pages:new bt(ga(t)),place:{top:0},held:new ee,newest:void 0}}function ya(t){let e=At(t.search,$e),[s,n]=h(0),a=`${t.key} ${t.search} ${s}`,r=b({});r.current.key!==a&&(r.current={key:a,...s===0&&xt(a)||ba(e)},kt(a,r.current));let i=Yt(()=>r.current.pages,a);return{filters:e,state:r.current,pages:i,renew:()=>n(l=>l+1)}}function wa({filters:t,state:e,pages:s,renew:n},a,r){let i=b(!0),l=b(a);l.current=a;let c=()=>{let{held:p}=e;e.held=new ee,p.overflown?n():p.count&&s.prepend(p.rows,Is)},$=p=>{e.newest=p.at(-1).seq,e.held.add(p.reverse()),!l.current&&i.current?c():s.onChange()},u=s.count>0||s.atEnd;return f(()=>{if(!u||!Ps(t))return;e.newest??=s.row(0)?.seq??0;let{type:p,agent:v,conversation:T,lead:D,visitor:K,since:rt}=t;return mt({params:{type:p,agent:v,conversation:T,lead:D,visitor:K,since:rt},after:e.newest,onEvents:$,onState:r})},[u,s]),{show:c,onTop:p=>{i.current=p}}}var ka={connecting:"Connecting …",live:"Live",lost:"Reconnecting …",refused:"Not live"};function xa(t){return t===0?"To the newest":`${t>te?"more than ":""}${E(Math.min(t,te))} new`}function Ea({state:t,paused:e,setPaused:s}){return o`<span class="live is-${e?"paused":t}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${e?"Paused":ka[t]}</span>
        <button type="button" aria-pressed=${e} title="p" onClick=${()=>s(!e)}>
            <${S} name=${e?"play":"pause"} />${e?"Go on":"Pause"}</button>`}function js({where:t}){let e=ya(t),{filters:s,state:n,pages:a,renew:r}=e,[i,l]=h(!1),[c,$]=h("connecting"),{show:u,onTop:p}=wa(e,i,$);f(()=>{C("Trail")},[]);let v=()=>{document.querySelector(".list").scrollTop=0,a.dropped?r():u()},T=K=>{l(K),!K&&n.place.top===0&&u()};O({p:()=>T(!i),".":v});let D=n.held.count;return o`<div class="view fill">
        <${w} title="Trail">${Ps(s)&&o`<${Ea} state=${c} paused=${i}
            setPaused=${T} />`}</${w}>
        <${ot} where=${t} names=${$e} />
        <div class="list-frame">
            <div class="fresh" role="status">${(D>0||a.dropped>0)&&o`<button type="button" class="pill"
                onClick=${v}>
                <${S} name="up" />
                    ${xa(D)}</button>`}</div>
            <${at} pages=${a} label="Events" columns=${fa} draw=${va} place=${n.place} onTop=${p}
                class="trail"
                empty=${o`<${g} title="No events">${Object.keys(s).length?o`<p>Nothing in the trail passes these filters.</p>`:o`
                        <p>Deliveries appear here as they come.</p>`}</${g}>`} />
        </div>
    </div>`}var ye={overview:Cs,trail:js,event:ms,conversations:rs,conversation:es,leads:xs,lead:ys,rejected:Ls,rejection:Rs,settings:Ns,"sign-in":Ds};var Sa=[["overview","/","Overview",["overview"]],["trail","/trail","Trail",["trail","event"]],["conversations","/conversations","Conversations",["conversations","conversation"]],["leads","/leads","Leads",["leads","lead"]],["rejected","/rejected","Rejected",["rejected","rejection"]],["settings","/settings","Settings",["settings"]]];function Ta({name:t,admin:e,open:s}){let n=Sa.filter(([a])=>a!=="settings"||e);return o`<nav id="navigation" aria-label="Sections" class=${s?"open":""}><ul>
        ${n.map(([a,r,i,l])=>o`<li key=${a}>
            <a href=${r} aria-current=${l.includes(t)?"page":void 0}>
                <${S} name=${a} />${i}</a></li>`)}</ul></nav>`}async function Ca(){await ae(),F("/sign-in")}function Ma({who:t}){return o`<section class="who" aria-label="You">
        <${Ut} />
        <p class="who-name" title=${`scope ${t.scope}`}>${t.name||"token"} <span class="faint">
            ${pt(t)?"admin":"read"}</span></p>
        <${z} class="quiet" act=${Ca}>Sign out</${z}>
    </section>`}function La(){let t=W(st),[e,s]=h(!navigator.onLine);return f(()=>{let n=()=>s(!navigator.onLine);return addEventListener("online",n),addEventListener("offline",n),()=>{removeEventListener("online",n),removeEventListener("offline",n)}},[]),t&&!e?null:o`<p class="offline" role="status" data-testid="offline">
        ${e?"This machine is offline.":"hooktraild does not answer."} What is shown may be old.</p>`}var Fs={o:"/",t:"/trail",c:"/conversations",l:"/leads",r:"/rejected"};function _a(t){let e=b(0),s=n=>()=>{Date.now()-e.current>1200||(e.current=0,F(Fs[n]))};O({g:()=>{e.current=Date.now()},"?":t,...Object.fromEntries(Object.keys(Fs).map(n=>[n,s(n)]))})}function Aa(t){let e=b(!0);V(()=>{let s=document.activeElement?.matches("input, textarea, select");!e.current&&!s&&document.querySelector("main h1")?.focus({preventScroll:!0}),e.current=!1},[t])}var Ra=()=>o`<${g} title="There is no such page"><p><a href="/">To the overview</a></p></${g}>`;function qa({who:t}){let e=se(),[s,n]=h(!1),[a,r]=h(!1);_a(()=>r(!0)),f(()=>n(!1),[e]);let i=e.pathname;Aa(i);let l=ye[e.name]??Ra;return o`<div class="app">
        <a class="skip" href="#main">To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${Oe} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${s}
                onClick=${()=>n(!s)}><${S} name=${s?"close":"menu"} /></button>
        </header>
        <div class=${s?"side open":"side"}>
            <${Ta} name=${e.name} admin=${pt(t)} open=${s} />
            <${Ma} who=${t} />
        </div>
        <main id="main" tabindex="-1"><${La} /><${l} key=${i} where=${e} who=${t} /></main>
        <${Ae} />
        ${a&&o`<${Re} onClose=${()=>r(!1)} />`}
    </div>`}function zs(){let t=W(H),e=se();return f(()=>{t.state==="out"&&Ce()},[t.state]),f(()=>{t.state==="in"&&e.name==="sign-in"&&F("/",{replace:!0})},[t.state,e.name]),t.state==="unknown"?t.error?o`<main class="alone"><h1>hooktrail</h1><${P} error=${t.error}
            retry=${Wt} /></main>`:null:t.state==="out"?o`<${ye["sign-in"]} why=${t.why} where=${e} />`:e.name==="sign-in"?null:o`<${qa} who=${t} />`}Me();qe();ze();Wt();Ee(o`<${zs} />`,document.body);
