import{A as Te,B as lt,C as Pt,D as Ce,E as Et,F as D,G as _e,H as St,I as x,J as _,K as tt,L as X,M as T,N as c,O as mt,P as w,Q as W,R as ct,S as jt,T as J,U as m,V as q,W as dt,X as Y,Y as R,a as Nt,b as ke,c as p,d as f,e as G,f as b,g as j,h as n,i as Ot,j as H,k as xe,l as kt,m as st,n as Ee,o as Dt,p as L,q as y,r as Q,s as ft,t as E,u as ee,v as It,w as xt,x as Se,y as F,z as nt}from"./chunk-JXLX26AW.js";var zs={overview:"M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11",trail:"M2.5 4h11M2.5 8h11M2.5 12h7",conversations:"M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z",leads:"M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5",rejected:"M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2",settings:"M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4",search:"M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2",menu:"M2.5 4.5h11M2.5 8h11M2.5 11.5h11",close:"M4 4l8 8M12 4l-8 8",back:"M9.5 3.5 5 8l4.5 4.5",down:"M4 6l4 4 4-4",right:"M6 4l4 4-4 4",pause:"M5.5 3.5v9M10.5 3.5v9",play:"M5 3.2v9.6L12.5 8z",up:"M8 13V3.5M4 7.5l4-4 4 4",sun:"M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",moon:"M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z",auto:"M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8",quiet:"M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4",lock:"M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2"},S=({name:t})=>n`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${zs[t]} /></svg>`;function N(t,e){let[s,o]=p({key:void 0,data:null,error:null}),[a,r]=p(0);f(()=>{let l=new AbortController,d=u=>{l.signal.aborted||o(h=>({key:e,data:h.key===e?h.data:null,error:null,...u}))};return t({signal:l.signal}).then(u=>d({data:u}),u=>d({error:u})),()=>l.abort()},[e,a]),f(()=>st.watch(l=>{l&&s.error?.status===0&&r(d=>d+1)}),[s]);let i=s.key===e;return{data:i?s.data:null,error:i?s.error:null,loading:!i||!s.data&&!s.error,reload:()=>r(l=>l+1),replace:l=>o({key:e,data:l,error:null})}}var ut=({lines:t=6})=>n`<div class="loading" role="status" aria-label="Loading">
    ${Array.from({length:t},()=>n`<span class="bone" />`)}</div>`;function I({error:t,retry:e,children:s}){let{status:o,title:a,detail:r}=t;return n`<div class="notice bad" role="alert">
        <p><strong>${a??"Something went wrong"}</strong>${o?n` <span class="faint">${o}</span>`:null}</p>
        ${r||t.message!==a?n`<p>${r||t.message}</p>`:null}
        ${s}
        ${e&&n`<p><button type="button" onClick=${e}>Try again</button></p>`}
    </div>`}var v=({title:t,children:e})=>n`<div class="empty"><p class="empty-title">${t}</p>${e}</div>`;function M({of:t,lines:e,children:s}){return t.loading?n`<${ut} lines=${e} />`:n`${t.error&&n`<${I} error=${t.error} retry=${t.reload} />`}${t.data&&s(t.data)}`}var Tt=Ot([]),Hs=0;function $t(t,e=""){let s=++Hs;Tt.set([...Tt.get(),{id:s,text:t,kind:e}].slice(-3)),setTimeout(()=>Tt.set(Tt.get().filter(o=>o.id!==s)),5e3)}var Me=()=>n`<div class="toasts" role="status">
    ${H(Tt).map(({id:t,text:e,kind:s})=>n`<p key=${t} class="toast ${s}">${e}</p>`)}</div>`;function K({title:t,onClose:e,children:s,class:o=""}){let a=b();return G(()=>{let i=document.activeElement;return a.current.showModal(),()=>i?.focus?.()},[]),n`<dialog ref=${a} class=${o} aria-labelledby="dialog-title" onClose=${e} onClick=${i=>{i.target===a.current&&e()}}>
        <div class="dialog-body">
            <header class="dialog-head"><h2 id="dialog-title">${t}</h2>
                <button type="button" class="quiet square" aria-label="Close" onClick=${e}><${S}
                    name="close" /></button>
            </header>
            ${s}
        </div></dialog>`}function V({act:t,children:e,class:s="",...o}){let[a,r]=p(!1);return n`<button type="button" class=${s} aria-busy=${a} disabled=${a} onClick=${async()=>{r(!0);try{await t()}catch(l){$t(l.detail||l.message,"bad")}finally{r(!1)}}} ...${o}>
        ${e}</button>`}function et({label:t,active:e,children:s,class:o=""}){let[a,r]=p(!1),i=b();f(()=>{if(!a)return;let u=({target:h})=>{!i.current.contains(h)&&!h.contains?.(i.current)&&r(!1)};return document.addEventListener("pointerdown",u),document.addEventListener("focusin",u),()=>{document.removeEventListener("pointerdown",u),document.removeEventListener("focusin",u)}},[a]);let l=()=>{r(!1),i.current.querySelector("button").focus()};return n`<div class="menu ${o}" ref=${i} onKeyDown=${u=>{u.key!=="Escape"||!a||(u.preventDefault(),l())}}>
        <button type="button" class=${e?"chip on":"chip"} aria-expanded=${a} onClick=${()=>r(!a)}>
            ${t}<${S} name="down" /></button>
        ${a&&n`<div class="panel">${s(l)}</div>`}
    </div>`}var U=({rows:t,class:e=""})=>n`<dl class="facts ${e}">
    ${t.filter(([,s])=>s!=null&&s!==!1).map(([s,o])=>n`
        <div key=${s}><dt>${s}</dt><dd>${o}</dd></div>`)}</dl>`,k=({title:t,children:e,lead:s,class:o=""})=>n`<header class="head ${o}">
    <div class="head-title">${s}<h1 tabindex="-1">${t}</h1></div>
    ${e&&n`<div class="head-acts">${e}</div>`}</header>`;var Ws=[["/","search"],["j  k","next and previous row"],["Enter","open the row"],["Esc","back to the list; close"],["p","pause the live list, or go on"],[".","show what is new"],["g  o","go to the overview"],["g  t","to the trail"],["g  c","to the conversations"],["g  l","to the leads"],["g  r","to what was rejected"],["?","this list"]],Le=({onClose:t})=>n`<${K} title="Keys" onClose=${t}>
    <dl class="keys">${Ws.map(([e,s])=>n`<div key=${e}>
        <dt>${e.split("  ").map(o=>n`<kbd>${o}</kbd>`)}</dt><dd>${s}</dd></div>`)}</dl></${K}>`;var Ft=[],Us=t=>t.closest?.("input, textarea, select, [contenteditable]");function Bs(t){if(t.defaultPrevented||t.ctrlKey||t.metaKey||t.altKey||document.querySelector("dialog[open]"))return;if(Us(t.target)){t.key==="Escape"&&t.target.blur();return}let e=Ft.findLast(s=>s.current[t.key]);e&&(t.preventDefault(),e.current[t.key](t))}var Ae=()=>document.addEventListener("keydown",Bs);function O(t){let e=b(t);e.current=t,f(()=>(Ft.push(e),()=>Ft.splice(Ft.indexOf(e),1)),[])}var Ks=1e15,zt=(t,e,s)=>y(t,{params:{...e,limit:1},signal:s});async function Vs(t,e){let{events:s}=await zt("/v1/events",{after:t-1,before:t+1},e);return s.length?E.event(t):null}async function Gs(t,e){let{leads:s}=await y("/v1/leads",{params:{email:t},signal:e});return s.length===1?E.lead(s[0].id):s.length?`/leads?email=${encodeURIComponent(t)}`:null}async function Re(t,e){try{await y(t,{signal:e})}catch(s){if(s instanceof kt)return s.status===410;throw s}return!0}async function Xs(t,e){let[{conversations:s},{leads:o},{events:a}]=await Promise.all([zt("/v1/conversations",{conversation:t},e),zt("/v1/leads",{lead:t},e),zt("/v1/events",{visitor:t},e)]);return s.length?E.conversation(t):o.length?E.lead(t):a.length?`/trail?visitor=${encodeURIComponent(t)}`:await Re(`/v1/conversations/${L(t)}`,e)?E.conversation(t):await Re(`/v1/leads/${L(t)}`,e)?E.lead(t):null}async function Js(t,e){let s=/^#?([1-9][0-9]*)$/.exec(t);return s&&Number(s[1])<Ks&&await Vs(Number(s[1]),e)||t.includes("@")&&await Gs(t,e)||Xs(t,e)}function qe(){let t=b(),e=b(),[s,o]=p({text:"",word:""});O({"/":()=>{t.current.focus(),t.current.select()}}),f(()=>()=>e.current?.abort(),[]);let a=async i=>{i.preventDefault();let l=t.current.value.trim();if(!l)return;e.current?.abort(),e.current=new AbortController;let{signal:d}=e.current;o({busy:!0,word:"Searching …"});try{let u=await Js(l,d);if(d.aborted||(o({word:u?"":"Nothing has that id, address or number."}),!u))return;t.current.value="",t.current.blur(),F(u)}catch(u){d.aborted||o({word:u.detail||u.message})}},r=()=>{s.word&&!s.busy&&o({word:""})};return n`<form class="search" role="search" onSubmit=${a}>
        <${S} name="search" />
        <input ref=${t} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${r}
            onBlur=${r} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck="false"
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${s.word?"search-word":"search-word none"} role="status">${s.word}</p>
    </form>`}var z=Ot({state:"unknown"}),Ys=15e3,Zs=300*1e3,Qs=3,tn=120*1e3,Oe="hooktrail-used",se=Date.now(),Ct=Date.now(),Ne=0;function en(t){if(!(t-Ne<5e3)){Ne=t;try{localStorage.setItem(Oe,String(t))}catch{}}}function De(){Ct=Date.now(),en(Ct)}function sn(){try{return Math.max(Ct,Number(localStorage.getItem(Oe))||0)}catch{return Ct}}function Ie(){return Date.now()-se<tn&&!document.hidden}function _t(t){z.get().state!=="out"&&z.set({state:"out",why:t})}Ee({csrf:()=>z.get().csrf??"",unauthorized:()=>{z.get().state==="in"&&_t("expired")},used:De});var Pe=t=>z.set({state:"in",...t});async function Ht(){try{Pe(await y("/v1/session",{signsIn:!0}))}catch(t){t instanceof kt&&t.status===401?z.set({state:"out"}):z.set({state:"unknown",error:t})}}async function je(t){Pe(await Q("/v1/session",{body:{token:t},signsIn:!0}))}async function ne(t){try{await ft("/v1/session",{signsIn:!0})}catch(e){if(!t&&!(e instanceof kt&&e.status===401))throw e}_t(t)}var pt=t=>/\badmin\b/.test(t?.scope??"");function nn(){se=Date.now();let{state:t,idle_seconds:e}=z.get();t==="in"&&se-Ct>Math.min(Zs,e*1e3/Qs)&&(De(),y("/v1/session").catch(()=>{}))}function on(){let{state:t,idle_seconds:e,expires_at:s}=z.get();if(t!=="in")return;let o=typeof s=="number"?s*1e3:Date.parse(s??"");e&&Date.now()-sn()>e*1e3?ne("idle"):o&&Date.now()>o&&_t("expired")}function Fe(){for(let t of["pointerdown","keydown","wheel","touchstart"])addEventListener(t,nn,{passive:!0,capture:!0});setInterval(on,Ys)}var oe=xe("theme","auto");oe.watch(t=>{t==="auto"?delete document.documentElement.dataset.theme:document.documentElement.dataset.theme=t});var Mt=[["auto","auto","as the system"],["light","sun","light"],["dark","moon","dark"]];function Wt(){let t=H(oe),e=H(lt),s=Mt.findIndex(([l])=>l===t),[,o,a]=Mt[s]??Mt[0],r=e==="UTC"?"UTC":"Local time",i=Mt[(s+1)%Mt.length];return n`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${a}. Change to ${i[2]}`}
            title=${`Theme: ${a}`}
            onClick=${()=>oe.set(i[0])}><${S} name=${o} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${r}: the zone in which times are shown. Change`}
            onClick=${()=>lt.set(e==="UTC"?"local":"UTC")}>${r}</button>
    </div>`}var Ut=class{constructor(e){this.take=e,this.rest="",this.clear()}clear(){this.event={id:null,event:"message",data:null}}push(e){let s=(this.rest+e).split(`
`);if(this.rest=s.pop(),this.rest.length>4194304)throw new Error("a line of the stream is too long");for(let o of s)this.line(o.endsWith("\r")?o.slice(0,-1):o)}line(e){if(e===""){this.event.data!==null&&this.take(this.event),this.clear();return}let s=e.indexOf(":");if(s===0)return;let o=s<0?e:e.slice(0,s),a=s<0?"":e.slice(s+1).replace(/^ /,"");o==="data"?this.event.data=this.event.data===null?a:`${this.event.data}
${a}`:(o==="id"||o==="event")&&(this.event[o]=a)}};var an=4e4,ze=500,rn=15e3,ln=2e3,cn=3e4;function vt(t){let e=new ae(t);return e.open(),()=>e.close()}var ae=class{constructor({params:e,after:s,onEvents:o,onState:a}){this.params=e??{},this.last=s,this.onEvents=o,this.onState=a??(()=>{}),this.wait=ze,this.waiting=[],this.closed=!1,this.onVisibility=()=>this.visibility(),this.onOnline=()=>this.again(0),document.addEventListener("visibilitychange",this.onVisibility),addEventListener("online",this.onOnline)}close(){this.closed=!0,document.removeEventListener("visibilitychange",this.onVisibility),removeEventListener("online",this.onOnline),cancelAnimationFrame(this.frame),this.stop()}stop(){this.abort?.abort(),this.abort=null,clearTimeout(this.retry),clearTimeout(this.silence)}visibility(){clearTimeout(this.hiding),document.hidden?this.hiding=setTimeout(()=>{this.asleep=!0,this.stop()},cn):this.asleep&&this.again(0)}again(e){this.closed||(this.asleep=!1,this.stop(),this.retry=setTimeout(()=>this.open(),e))}async open(){let e=new AbortController;this.abort=e,this.onState("connecting");try{await this.read(e)}catch{}this.closed||this.abort!==e||this.refused||(this.onState("lost"),this.again(this.wait),this.wait=Math.min(this.wait*2,rn))}async read(e){let s={Accept:"text/event-stream"};this.last!==void 0&&(s["Last-Event-ID"]=String(this.last)),this.heard(e);let o=await fetch(`/v1/stream${Dt(this.params)}`,{headers:s,signal:e.signal,credentials:"same-origin",cache:"no-store"});if(!o.ok)return this.refuse(o);st.set(!0),this.onState("live");let a=new Ut(i=>this.take(i)),r=o.body.pipeThrough(new TextDecoderStream).getReader();for(;;){let{done:i,value:l}=await r.read();if(i)return;this.wait=ze,this.heard(e),a.push(l)}}refuse(e){e.status===401&&_t("expired"),this.refused=e.status>=400&&e.status<500&&e.status!==429,this.refused&&this.onState("refused")}heard(e){clearTimeout(this.silence),this.silence=setTimeout(()=>e.abort(),an)}take({id:e,data:s}){this.last=Number(e),this.waiting.push(JSON.parse(s)),this.waiting.length===1&&(this.frame=requestAnimationFrame(()=>this.give())),this.waiting.length>=ln&&this.give()}give(){cancelAnimationFrame(this.frame);let e=this.waiting;this.waiting=[],this.closed||this.onEvents(e)}};var dn=300*1e3,He=40,We={user:["visitor","Visitor"],visitor:["visitor","Visitor"],customer:["visitor","Visitor"],lead:["visitor","Visitor"],assistant:["assistant","Assistant"],ai:["assistant","Assistant"],bot:["assistant","Assistant"],agent:["human","Agent"],human:["human","Agent"],operator:["human","Agent"],staff:["human","Agent"],system:["system","System"],tool:["system","Tool"]};function re(t){if(typeof t!="string"||t==="")return{side:"other",name:"Unknown"};let e=t.toLowerCase(),[s,o]=Object.hasOwn(We,e)?We[e]:["other",t];return{side:s,name:o}}function un(t,e){return t?.kind==="message"&&e.kind==="message"&&t.role===e.role&&Date.parse(e.at)-Date.parse(t.at)<dn}var $n=(t,e)=>t.length===e.length&&t.every((s,o)=>s===e[o]);function Ue(t,e=[]){let s=[],o=0;for(let a=0;a<t.length;a+=He){let r=t.slice(a,a+He),i=e[s.length],l=o;for(let u of r)u.at&&(o=St(u.at));let d=i?.dayBefore===l&&$n(i.items,r);s.push(d?i:{items:r,dayBefore:l,rows:pn(r,t[a-1],l)})}return s}function pn(t,e,s){return t.map(o=>{let a=o.at?St(o.at):s,r={item:o,day:a!==s&&o.at,goesOn:a===s&&un(e,o)};return s=a,e=o,r})}var hn=(t,e)=>JSON.stringify(t)===JSON.stringify(e);function Be(t,e){return e.map((s,o)=>t[o]&&(t[o]===s||hn(t[o],s))?t[o]:s)}function Ke(t,e){return t.map(s=>{let o=s.at?e(s.at):"no time";return s.kind==="message"?`[${o}] ${re(s.role).name}: ${s.content??""}`:`[${o}] -- ${s.type} (event ${s.seq})${s.reason?`: ${s.reason}`:""}`}).join(`
`)}var fn=1e3,mn=250;async function ie(t,e,s,{cursor:o,items:a=[]}={}){for(;;){let r=await y(`/v1/conversations/${L(t)}`,{params:{limit:fn,cursor:o},signal:e}),i={cursor:o,items:a};a=a.concat(r.items);let l={conversation:r.conversation,items:a,tail:i,whole:r.next===null};if(s?.(l),l.whole)return l;o=r.next}}var vn=({conversation:t,items:e})=>t.messages+t.events===e.length;async function gn(t,e,s){let o=s.items.length?await ie(t,e,null,s):null;return o&&vn(o)?o:ie(t,e)}function Ve(t){let[e,s]=p({items:[]}),[o,a]=p(0),r=b(),i=b(),l=(u,h,$)=>{h.aborted||(i.current=u.tail,s(g=>({...u,items:Be(g.items,u.items),news:(g.news??0)+$})))};return f(()=>{r.current=new AbortController;let{signal:u}=r.current;return ie(t,u,h=>l(h,u,0)).catch(h=>{u.aborted||s({items:[],error:h})}),()=>r.current.abort()},[t,o]),{...e,refresh:async()=>{let{signal:u}=r.current;l(await gn(t,u,i.current),u,1)},reload:()=>{s({items:[]}),a(o+1)}}}var bn=({seq:t,edited:e,removed:s})=>Math.max(t,e?.seq??0,s?.seq??0),yn=t=>t.reduce((e,s)=>Math.max(e,bn(s)),0);function Ge(t,{whole:e,items:s,refresh:o}){let[a,r]=p("connecting");return f(()=>{if(!e)return;let i,l=!1,d=async()=>{if(l)return u();l=!0;try{await o()}catch{}l=!1},u=()=>{clearTimeout(i),i=setTimeout(d,mn)},h=vt({params:{conversation:t},after:yn(s),onEvents:u,onState:r});return()=>{clearTimeout(i),h()}},[t,e]),a}var wn="1500px 0px";var kn={timeout:120},xn=globalThis.requestIdleCallback??(t=>setTimeout(t,16)),Bt=class{constructor(){this.waiting=new Map,this.observer=new IntersectionObserver(e=>{for(let{target:s,isIntersecting:o}of e)o&&this.draw(s)},{rootMargin:wn}),this.onPrint=()=>{this.all()},addEventListener("beforeprint",this.onPrint)}add(e,s){return this.waiting.set(e,s),this.observer.observe(e),this.plan(),()=>this.forget(e)}forget(e){this.waiting.delete(e),this.observer.unobserve(e)}draw(e){let s=this.waiting.get(e);this.forget(e),s?.()}plan(){this.planned||this.closed||(this.planned=!0,xn(()=>{if(this.planned=!1,!(this.closed||this.waiting.size===0)){for(let e of[...this.waiting.keys()].slice(0,4))this.draw(e);this.plan()}},kn))}all(){for(let e of[...this.waiting.keys()])this.draw(e);return new Promise(e=>{setTimeout(e)})}close(){this.closed=!0,this.observer.disconnect(),this.waiting.clear(),removeEventListener("beforeprint",this.onPrint)}};var Kt=t=>typeof t=="string"&&t.trim()!==""?t.trim():null;function Lt(t){let e=[Kt(t?.first_name),Kt(t?.last_name)].filter(Boolean);return e.length?e.join(" "):Kt(t?.name)??Kt(t?.display_name)}var En=new Set(["id","agent_id","agent_name","first_at","last_at","events","profile_cut"]),Xe=["email","phone","company","job_title"],le=t=>t==null||t===""||typeof t=="object"&&Object.keys(t).length===0;function Je(t){let e=Object.keys(t).filter(s=>!En.has(s)&&!Xe.includes(s));return[...Xe,...e].filter(s=>s in t&&!le(t[s])).map(s=>[s,t[s]])}var gt=t=>typeof t=="string"?t:JSON.stringify(t);function bt(t){let e=t.replaceAll("_"," ");return e.charAt(0).toUpperCase()+e.slice(1)}function Sn({edited:t}){let[e,s]=p(!1);return n`<button type="button" class="quiet small mark" aria-expanded=${e}
        onClick=${()=>s(!e)}>edited</button>
        ${e&&n`<ol class="versions" aria-label="Earlier versions">
            ${t.previous.map((o,a)=>n`<li key=${a}><${mt} text=${o.content??""} /><${q}
                seq=${o.seq} /></li>`)}
            ${t.previous_cut&&n`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${q} seq=${t.seq} /></li></ol>`}`}function Tn({item:t,goesOn:e}){let{side:s,name:o}=re(t.role);return n`<article class="message ${s} ${e?"goes-on":""} ${t.removed?"removed":""}"
        id=${`event-${t.seq}`}>
        ${e?n`<h3 class="offscreen"><${c} text=${o} /></h3>`:n`<h3 class="speaker"><${c}
            text=${o} /></h3>`}
        <div class="bubble">${t.content===null||t.content===void 0?n`<p class="faint">${t.unreadable?"The payload could not be read.":"No text"}</p>`:n`<${mt}
                text=${t.content} />`}</div>
        <p class="meta">${W(t.at,Et)}<${q} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${q}>
            ${t.edited&&n`<${Sn} edited=${t.edited} />`}
            ${t.removed&&n`<${m} title="A later snapshot of the conversation lacks it">removed in <${q}
                seq=${t.removed.seq} /></${m}>`}
            ${t.derived&&n`<${m}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}</p>
    </article>`}var Ye=({fields:t})=>n`<${U} class="captured"
    rows=${Object.entries(t).filter(([,e])=>!le(e)).map(([e,s])=>[n`<${c} text=${bt(e)} />`,e==="id"&&typeof s=="string"?n`<${Y} id=${s} />`:n`<${c} text=${gt(s)} />`])} />`;function Cn({item:t}){return n`<article class="happened ${t.reason||t.fields||t.visitor?"tells":""}"
        id=${`event-${t.seq}`}>
        <h3><${J} type=${t.type} /></h3>
        <p class="meta">${W(t.at,Et)}<${q} seq=${t.seq}><span
            class="offscreen">event </span>#${t.seq}</${q}>
            ${t.derived&&n`<${m}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${m}>`}
            ${t.erased_at&&n`<${m}>erased</${m}>`}
            ${t.unreadable&&n`<${m} kind="bad">unreadable</${m}>`}
            ${t.warnings?.length>0&&n`<${m} kind="warn" title=${t.warnings.join(`
`)}>
                ${_(t.warnings.length,"warning")}</${m}>`}</p>
        ${t.reason&&n`<${mt} class="reason" text=${t.reason} />`}
        ${t.fields&&n`<${Ye} fields=${t.fields} />`}
        ${t.visitor&&n`<${Ye} fields=${t.visitor} />`}
    </article>`}var Vt=class extends Nt{constructor(e){super(e),this.state={drawn:e.first}}componentDidMount(){this.state.drawn||(this.cancel=this.props.drawer.add(this.element,()=>this.setState({drawn:!0})))}componentWillUnmount(){this.cancel?.()}shouldComponentUpdate(e,s){return e.chunk!==this.props.chunk||e.zone!==this.props.zone||s.drawn!==this.state.drawn}render({chunk:e},{drawn:s}){return s?n`<div class="chunk">${e.rows.map(({item:o,day:a,goesOn:r},i)=>n`
            ${a&&n`<h2 class="day" key=${`day ${i}`}><span>${W(a,Pt)}</span></h2>`}
            ${o.kind==="message"?n`<${Tn} key=${i} item=${o} goesOn=${r} />`:n`<${Cn}
                key=${i} item=${o} />`}`)}</div>`:n`<div class="chunk undrawn" ref=${o=>{this.element=o??this.element}} />`}};function _n({conversation:t}){return n`<${U} class="about" rows=${[["Conversation",n`<span class="with-copy"><span class="id"><${c} text=${t.id} /></span><${R}
            text=${t.id} what="the conversation’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&n`<${c}
            text=${t.agent_name||t.agent_id} />`],[t.lead_ids.length>1?"Leads":"Lead",t.lead_ids.length>0&&n`<span class="ids">
            ${t.lead_ids.map(e=>n`<${Y} key=${e} id=${e} />`)}</span>`],["Began",t.first_at&&n`<${w} at=${t.first_at} />`],["Last",t.last_at&&n`<${w} at=${t.last_at} />`],["Holds",n`${_(t.messages,"message")}, <a
            href=${`/trail?${new URLSearchParams({conversation:t.id})}`}>
            ${_(t.events,"event")}</a>`]]} />`}function Mn(t,e){let s=b(!1),[o,a]=p(!1),r=()=>{let{scrollTop:l,clientHeight:d,scrollHeight:u}=t.current;s.current=u-l-d<80,s.current&&o&&a(!1)},i=()=>{t.current.scrollTop=t.current.scrollHeight};return G(()=>{e.news&&(s.current?i():a(!0))},[e.news]),{fresh:o,look:r,toEnd:i}}function Ln(t,{whole:e},s){f(()=>{!e||!/^#event-\d+$/.test(t)||s.all().then(()=>{let o=document.getElementById(t.slice(1));o?.scrollIntoView({block:"center"}),o?.classList.add("target")})},[t,e])}var Ze={live:"Live",lost:"Reconnecting …"};function Qe({where:t}){let{id:e}=t,s=b(),o=b([]),a=j(()=>new Bt,[e]);f(()=>()=>a.close(),[a]);let r=Ve(e),i=Ge(e,r),l=H(lt),{fresh:d,look:u,toEnd:h}=Mn(s,r);Ln(t.hash,r,a),f(()=>{T("Conversation",e)},[e]),O({Escape:()=>nt("/conversations")});let{conversation:$,items:g,error:C,whole:P}=r;o.current=Ue(g,o.current);let B=C?.status===404||C?.status===410;return n`<div class="view scroll conversation" ref=${s} onScroll=${u} tabindex="0" role="region"
        aria-label="Conversation">
        <${k} title="Conversation" lead=${n`<a class="up" href="/conversations">Conversations</a>`}>
            ${$&&n`
                ${P&&Ze[i]&&n`<span class="live ${i}"><span class="pulse" aria-hidden="true"></span>
                    ${Ze[i]}</span>`}
                <${R} text=${()=>location.origin+E.conversation(e)} label="Copy link" class="" />
                <${R} text=${()=>Ke(g,_e)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!P} onClick=${()=>a.all().then(()=>print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${h}><${S}
                    name="down" /></button>`}
        </${k}>
        ${B&&n`<${v}
            title=${C.status===410?"This conversation was erased":"There is no such conversation"}>
            <p>${C.detail}</p><p class="id"><${c} text=${e} /></p></${v}>`}
        ${C&&!B&&n`<${I} error=${C} retry=${r.reload} />`}
        ${!$&&!C&&n`<${ut} lines=${12} />`}
        ${$&&n`<${_n} conversation=${$} />
            <div class="timeline" data-testid="timeline">${o.current.map((rt,it)=>n`<${Vt} key=${it}
                chunk=${rt} zone=${l} drawer=${a} first=${it<2} />`)}</div>
            ${!P&&n`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${r.news?"New in this conversation":""}</p>
            ${d&&n`<div class="to-end"><button type="button" class="pill" onClick=${h}>New below<${S}
                name="down" /></button></div>`}`}
    </div>`}var de=["type","agent","conversation","lead","visitor","since","until","after","before","order"];function At(t,e){let s=new URLSearchParams(t);return Object.fromEntries(e.filter(o=>s.get(o)).map(o=>[o,s.get(o)]))}var ce=[["","Any time"],["1h","Last hour"],["24h","Last 24 hours"],["7d","Last 7 days"],["30d","Last 30 days"]],An=(t,e)=>F(t.pathname+Dt(e)),Rn=async t=>{let e={...t,params:{limit:200}},[s,o]=await Promise.all([y("/v1/stats",t),y("/v1/agents",e)]);return{types:s.types.map(({type:a})=>a).filter(Boolean),agents:o.agents}};function qn({value:t,types:e,set:s}){let o=new Set((t??"").split(",").filter(Boolean)),a=l=>{o.delete(l)||o.add(l),s([...o].join(","))},r=o.size===0?"Type":o.size===1?n`<${c}
        text=${X([...o][0])} />`:`${o.size} types`,i=[...new Set([...e,...o])].sort();return n`<${et} label=${r} active=${o.size>0}>${()=>n`<fieldset><legend
        class="offscreen">Types</legend>
        ${i.map(l=>n`<label class="option ${jt(l)}" key=${l}>
            <input type="checkbox" checked=${o.has(l)} onChange=${()=>a(l)} />
            <span class="dot" aria-hidden="true"></span><${c} text=${X(l)} /></label>`)}
        ${i.length===0&&n`<p class="faint">No events yet</p>`}</fieldset>`}</${et}>`}function Nn({value:t,agents:e,set:s}){let o=e.find(({id:i})=>i===t),a=t?n`<${c} text=${o?.name||t} />`:"Agent",r=(i,l,d)=>n`<label class="option" key=${i}>
        <input type="radio" name="agent" checked=${(t??"")===i} onChange=${()=>s(i)} onClick=${d} /><${c}
            text=${l} /></label>`;return n`<${et} label=${a} active=${!!t}>${()=>n`<fieldset><legend class="offscreen">Agent</legend>
        ${r("","Any agent")}${e.map(({id:i,name:l})=>r(i,l||i))}</fieldset>`}</${et}>`}var ts=t=>/^\d{4}-\d{2}-\d{2}$/.test(t??"");function On({since:t,until:e}){let s=o=>ce.find(([a])=>a===o)?.[1]??(ts(o)||/^\d+\w$/.test(o)?o:D(o));return t&&e?`${s(t)} to ${s(e)}`:t?ce.some(([o])=>o===t)?s(t):`Since ${s(t)}`:e?`Until ${s(e)}`:"Time"}function Dn({filters:t,set:e}){let{since:s,until:o}=t,a=(r,i)=>n`<label class="field">${i}
        <input type="date" value=${ts(t[r])?t[r]:""}
            onChange=${l=>e({[r]:l.target.value})} /></label>`;return n`<${et} label=${n`<${c} text=${On(t)} />`} active=${!!(s||o)}>
        ${()=>n`
        <fieldset><legend class="offscreen">Time received</legend>
        ${ce.map(([r,i])=>n`<label class="option" key=${r}><input type="radio" name="period"
            checked=${(s??"")===r&&!o} onChange=${()=>e({since:r,until:""})} />${i}</label>`)}
        <div class="fields">${a("since","From")}${a("until","Before")}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${et}>`}var ue=[["conversation","Conversation"],["lead","Lead"],["visitor","Visitor"],["after","After event"],["before","Before event"]];function In({filters:t,set:e,names:s}){let o=b(),a=ue.filter(([i])=>s.includes(i)),r=i=>l=>{l.preventDefault();let d=Object.fromEntries(new FormData(o.current));i(),e(d)};return n`<${et} label="More" class="last">${i=>n`<form ref=${o} onSubmit=${r(i)}>
        ${a.map(([l,d])=>n`<label class="field" key=${l}>${d}
            <input name=${l} defaultValue=${t[l]??""} maxlength="256" autocomplete="off" spellcheck="false"
                ...${l==="after"||l==="before"?{inputmode:"numeric",pattern:"[0-9]*"}:{}} /></label>`)}
        ${s.includes("order")&&n`<label class="field">Order
            <select name="order" defaultValue=${t.order??""}>
                <option value="" selected=${t.order!=="asc"}>Newest first</option>
                <option value="asc" selected=${t.order==="asc"}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${et}>`}function Pn({filters:t,set:e}){let s=[...ue,["email","Email"]].filter(([o])=>t[o]);return n`${s.map(([o,a])=>n`<span class="chip on" key=${o}>
        <span class="chip-text">${a} <${c} text=${t[o]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${a}`} onClick=${()=>e({[o]:""})}>
            <${S} name="close" /></button>
    </span>`)}
    ${t.order==="asc"&&n`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${()=>e({order:""})}><${S}
            name="close" /></button></span>`}`}function ot({where:t,names:e,children:s}){let o=At(t.search,[...e,"email"]),[a,r]=p(!1),{data:i}=N(async $=>a?Rn($):null,a),l=$=>An(t,{...o,...$}),{types:d=[],agents:u=[]}=i??{},h=Object.keys(o).length>0;return n`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${()=>r(!0)}
        onFocusIn=${()=>r(!0)}>
        ${e.includes("type")&&n`<${qn} value=${o.type} types=${d} set=${$=>l({type:$})} />`}
        ${e.includes("agent")&&n`<${Nn} value=${o.agent} agents=${u}
            set=${$=>l({agent:$})} />`}
        ${e.includes("since")&&n`<${Dn} filters=${o} set=${l} />`}
        ${ue.some(([$])=>e.includes($))&&n`<${In} key=${t.search} filters=${o} set=${l}
            names=${e} />`}
        <${Pn} filters=${o} set=${l} />
        ${h&&n`<button type="button" class="quiet" onClick=${()=>F(t.pathname)}>Clear</button>`}
        ${s}
    </div>`}var es=12,Gt=8,jn=60,Xt=matchMedia("(max-width: 760px)"),$e=class extends Nt{shouldComponentUpdate(e){let{item:s,index:o,top:a,zone:r}=this.props;return e.item!==s||e.index!==o||e.top!==a||e.zone!==r}render({item:e,index:s,draw:o,top:a}){let r={top:`${a}px`};return e?n`<div class="row" role="row" style=${r} aria-rowindex=${s+2} data-index=${s}>
            ${o(e)}</div>`:n`<div class="row blank" role="row" style=${r} aria-rowindex=${s+2}><span role="cell"
            class="bone"></span></div>`}};function Fn(){let[t,e]=p(Xt.matches);return f(()=>{let s=()=>e(Xt.matches);return Xt.addEventListener("change",s),()=>Xt.removeEventListener("change",s)},[]),t}var zn=(t,e)=>t?.seq??`at ${e}`,ss=(t,e,s,o)=>{let a=Math.floor((t/s-es)/Gt)*Gt,r=Math.ceil(((t+e)/s+es)/Gt)*Gt;return[Math.max(0,Math.min(a,o)),Math.min(Math.max(r,0),o)]};function Hn(t,e,s){let o=b(-1),a=()=>{let l=document.activeElement?.closest?.("[data-index]");return l&&t.current.contains(l)?Number(l.dataset.index):-1},r=()=>{let l=t.current?.querySelector(`[data-index="${o.current}"] a`);l&&(o.current=-1,l.focus({preventScroll:!0}))},i=l=>{let d=t.current,u=a(),h=u<0?Math.ceil(d.scrollTop/e):Math.max(0,Math.min(s-1,u+l));o.current=h;let $=h*e,g=d.clientHeight-d.firstElementChild.offsetHeight;$<d.scrollTop?d.scrollTop=$:$+e>d.scrollTop+g&&(d.scrollTop=$+e-g),r()};O({j:()=>i(1),k:()=>i(-1)}),G(()=>{o.current>=0&&r()})}function Wn(t){if(t.target.closest("a, button")||String(getSelection()))return;t.target.closest(".row")?.querySelector(".row-link")?.dispatchEvent(new MouseEvent("click",t))}function at({pages:t,label:e,columns:s,draw:o,place:a,empty:r,rows:[i,l]=[40,62],onTop:d,class:u=""}){let h=b(),$=H(lt),g=Fn()?l:i,[C,P]=p({top:a?.top??0,height:900}),[B,rt]=ss(C.top,C.height,g,t.count);Hn(h,g,t.count);let it=()=>{let{scrollTop:A,clientHeight:ye}=h.current;a&&(a.top=A),d?.(A<g/2);let we=ss(A,ye,g,t.count);(we[0]!==B||we[1]!==rt)&&P({top:A,height:ye})};G(()=>{a?.top&&(h.current.scrollTop=a.top);let A=new ResizeObserver(it);return A.observe(h.current),()=>A.disconnect()},[t]),G(()=>{t.shift&&(h.current.scrollTop-=t.shift*g,t.shift=0,it())}),f(()=>t.want(B,rt+jn));let be=[];for(let A=B;A<rt;A++)be.push(n`<${$e} key=${zn(t.row(A),A)} item=${t.row(A)} index=${A} top=${A*g} draw=${o}
            zone=${$} />`);let Fs=t.atEnd&&t.count===0;return n`<div class="list ${u}" role="table" aria-label=${e} aria-rowcount=${t.atEnd?t.count+1:-1}
            ref=${h} onScroll=${it} tabindex="0" data-testid="list">
        <div class="list-head" role="rowgroup"><div class="row" role="row" aria-rowindex="1">
            ${s.map(A=>n`<span role="columnheader" class="cell-${A.key}">
                ${A.name}</span>`)}</div></div>
        <div class="list-rows" role="rowgroup" style=${{height:`${t.count*g}px`}} onClick=${Wn}>
            ${be}</div>
        <${Un} pages=${t} none=${Fs} empty=${r} />
    </div>`}function Un({pages:t,none:e,empty:s}){return t.error?n`<div class="list-foot" role="rowgroup"><div role="row"><div role="cell">
            <${I} error=${t.error} retry=${()=>t.retry()} /></div></div></div>`:e?n`<div class="list-foot">${s??n`<${v} title="Nothing here" />`}</div>`:t.atEnd?n`<div class="list-foot end" />`:n`<div class="list-foot">${t.count===0?n`<${ut} lines=${10} />`:n`<span
        class="faint">Loading …</span>`}</div>`}function Jt(t,e){let[,s]=p(0),o=b({});o.current.key!==e&&(o.current.pages?.close(),o.current={key:e,pages:t()},o.current.pages.reopen());let{pages:a}=o.current;return a.onChange=()=>s(r=>r+1),f(()=>st.watch(r=>{r&&o.current.pages.error&&o.current.pages.retry()}),[]),f(()=>()=>o.current.pages.close(),[]),a}var yt=class{constructor(e,s){this.fetchPage=e,this.onChange=s??(()=>{}),this.pages=[],this.next=void 0,this.count=0,this.dropped=0,this.error=null,this.abort=new AbortController,this.loading=!1}get atEnd(){return this.next===null}close(){this.abort.abort()}reopen(){this.abort.signal.aborted&&(this.abort=new AbortController),this.loading=!1;for(let e of this.pages)e.loading=!1}find(e){let s=0,o=this.pages.length-1;for(;s<o;){let a=s+o+1>>1;this.pages[a].start<=e?s=a:o=a-1}return s}row(e){let s=this.pages[this.find(e)];return s?.rows?.[e-s.start]}want(e,s){if(this.count>0){let o=this.find(Math.max(0,e)),a=this.find(Math.min(this.count-1,s));for(let r=o;r<=a;r++)this.refill(this.pages[r]);this.trim(o+a>>1)}s>=this.count&&!this.atEnd&&!this.error&&this.more()}trim(e){this.pages.forEach((o,a)=>{Math.abs(a-e)<=12||!o.rows||(o.top=o.rows[0],o.rows=null)})}async more(){if(this.loading)return;this.loading=!0,this.error=null;let{signal:e}=this.abort;try{let s=this.next,{rows:o,next:a}=await this.fetchPage({cursor:s,signal:e});if(e.aborted)return;o.length&&this.pages.push({start:this.count,count:o.length,cursor:s,rows:o}),this.count+=o.length,this.next=a,this.shed()}catch(s){if(e.aborted)return;this.error=s}this.loading=!1,this.onChange()}async refill(e){if(e.rows||e.loading)return;e.loading=!0;let{signal:s}=this.abort;try{let{rows:o}=await this.fetchPage({cursor:e.cursor,page:e,signal:s});if(s.aborted)return;e.rows=o,o.length!==e.count&&(e.count=o.length,this.renumber())}catch(o){if(s.aborted)return;this.error=o}e.loading=!1,this.onChange()}retry(){this.error=null,this.onChange(),this.count||this.more()}prepend(e,s){let o=this.pages[0];o?.live&&o.rows&&o.count+e.length<=s?(o.rows=[...e,...o.rows],o.count=o.rows.length):this.pages.unshift({start:0,count:e.length,rows:e,live:!0}),this.renumber(),this.shedTail(),this.onChange()}shedTail(){for(;this.count>15e4;){let e=this.pages.pop();this.next={from:e.rows?.[0]??e.top},this.count-=e.count}}shed(){if(this.count<=15e4)return;let s=this.pages.splice(0,this.pages.length>>1).reduce((o,a)=>o+a.count,0);this.dropped+=s,this.shift=(this.shift??0)+s,this.renumber()}renumber(){let e=0;for(let s of this.pages)s.start=e,e+=s.count;this.count=e}};var ns=["type","agent","lead","visitor","since","until"],Bn=[["at","Last activity"],["conversation","Conversation"],["agent","Agent"],["lead","Lead"],["count","Events"]].map(([t,e])=>({key:t,name:e})),Kn=100;function Rt(t,e,s,o){let a=At(t.search,o),r=`${t.key} ${t.pathname}${t.search}`;return{pages:Jt(()=>{let d=xt(r)??{place:{top:0},pages:new yt(async({cursor:u,signal:h})=>{let $=await y(e,{params:{...a,cursor:u,limit:a.email?void 0:Kn},signal:h});return{rows:$[s],next:$.next}})};return It(r,d),d.pages},r),filters:a,place:xt(r).place}}var Vn=t=>n`
    <span role="cell" class="cell-at">${W(t.last_at,D)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${E.conversation(t.id)}><${c}
        text=${t.id} /></a></span>
    <span role="cell" class="cell-agent">${(t.agent_name||t.agent_id)&&n`<${c}
        text=${t.agent_name||t.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_ids.slice(0,2).map(e=>n`<${Y} key=${e}
        id=${e} />`)}
        ${t.lead_ids.length>2&&n`<span class="faint">+${t.lead_ids.length-2}</span>`}</span>
    <span role="cell" class="cell-count">${x(t.events)}<span
        class="unit"> ${t.events===1?"event":"events"}</span></span>`;function os({where:t}){let{pages:e,place:s}=Rt(t,"/v1/conversations","conversations",ns);return f(()=>{T("Conversations")},[]),n`<div class="view fill"><${k} title="Conversations" />
        <${ot} where=${t} names=${ns} />
        <div class="list-frame"><${at} pages=${e} label="Conversations" columns=${Bn} draw=${Vn} place=${s}
            class="conversations"
            empty=${n`<${v} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${v}>`} /></div></div>`}var Gn=/[ \t\r\n]*/y,as=/"(?:[^"\\]|\\.)*"/sy,Xn=/-?[0-9][0-9.eE+-]*|true|false|null/y;function rs(t){let e=new pe(t),s=e.value(0);return e.skip(),e.at!==t.length&&e.fail(),s}var pe=class{constructor(e){this.text=e,this.at=0}fail(){throw new SyntaxError(`not JSON at ${this.at}`)}match(e){e.lastIndex=this.at;let s=e.exec(this.text);return s||this.fail(),this.at+=s[0].length,s[0]}skip(){this.match(Gn)}take(e){return this.text[this.at]!==e?!1:(this.at++,!0)}value(e){if(e>256&&this.fail(),this.skip(),this.take("{"))return this.container("object","}",e);if(this.take("["))return this.container("array","]",e);if(this.text[this.at]==='"')return{kind:"string",raw:this.match(as)};let s=this.match(Xn);return{kind:/[-0-9]/.test(s[0])?"number":"word",raw:s}}container(e,s,o){let a=[];if(this.skip(),this.take(s))return{kind:e,items:a};for(;;){if(a.push(this.item(e,o)),this.skip(),this.take(s))return{kind:e,items:a};this.take(",")||this.fail()}}item(e,s){if(e==="array")return{key:null,node:this.value(s+1)};this.skip();let o=this.match(as);return this.skip(),this.take(":")||this.fail(),{key:o,node:this.value(s+1)}}};function he(t,e=""){if(!t.items)return t.raw;let[s,o]=t.kind==="object"?"{}":"[]";if(t.items.length===0)return s+o;let a=`${e}  `,r=t.items.map(({key:i,node:l})=>`${a}${i===null?"":`${i}: `}${he(l,a)}`);return`${s}
${r.join(`,
`)}
${e}${o}`}var Jn=4,Yn=50,fe=100,is=3e3;function Zn({node:t}){let[e,s]=p(!1),{raw:o,kind:a}=t;return o.length<=is||e?n`<${c} class="json-${a}" text=${o} />`:n`<${c} class="json-${a}" text=${o.slice(0,is)} />… <button type="button" class="quiet small"
        onClick=${()=>s(!0)}>
        show all ${_(o.length,"character")}</button>`}var ls=({text:t})=>t!==null&&n`<${c} class="json-key" text=${t} /><span class="json-mark">: </span>`;function Qn({node:t,label:e,depth:s}){let{items:o,kind:a}=t,[r,i]=p(s<Jn&&(s===0||o.length<=Yn)),[l,d]=p(fe),[u,h]=a==="object"?"{}":"[]",$=a==="object"?_(o.length,"member"):_(o.length,"item"),g=o.length-l;return n`<button type="button" class="fold" aria-expanded=${r} onClick=${()=>i(!r)}>
            <span class="fold-mark" aria-hidden="true"></span><${ls} text=${e} /><span class="json-mark">${u}</span>
                ${!r&&n`<span class="faint"> ${$} </span><span class="json-mark">${h}</span>`}</button>
        ${r&&n`<ul>${o.slice(0,l).map((C,P)=>n`<li key=${P}><${cs} label=${C.key}
            node=${C.node} depth=${s+1} /></li>`)}
            ${g>0&&n`<li><button type="button" class="quiet small" onClick=${()=>d(l+10*fe)}>
                show ${Math.min(g,10*fe)} of ${_(g,"more","more")}</button></li>`}</ul>
            <span class="json-mark json-end">${h}</span>`}`}function cs({label:t,node:e,depth:s}){return e.items?.length?n`<${Qn} node=${e} label=${t} depth=${s} />`:n`<span class="leaf"><${ls} text=${t} />${e.items?e.kind==="object"?"{}":"[]":n`
        <${Zn} node=${e} />`}</span>`}var ds=({node:t})=>n`<div class="json"><${cs} node=${t} label=${null} depth=${0} /></div>`;var to=(t,e)=>t&&n`<span class="with-copy"><${c} text=${t} /><${R} text=${t}
    what=${e} class="quiet small" /></span>`,us=(t,e)=>n`<a href=${`/trail?${new URLSearchParams({[t]:e})}`}><${c} text=${e} /></a>`;function eo({event:t}){let{agent_id:e,agent_name:s,conversation_id:o,lead_id:a,visitor_id:r}=t;return n`<${U} rows=${[["Received",n`<${w} at=${t.received_at} />`],["Occurred",t.occurred_at&&n`<${w} at=${t.occurred_at} />`],["Agent",e&&n`${s&&n`<${c} text=${s} /> `}<span class="id">
            ${us("agent",e)}</span>`],["Conversation",o&&n`<span class="with-copy"><a class="id"
            href=${`${E.conversation(o)}#event-${t.seq}`}>
            <${c} text=${o} /></a>${t.derived&&n` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${R} text=${o} what="the conversation’s id" class="quiet small" /></span>`],["Lead",a&&n`<span class="with-copy"><${Y} id=${a} /><${R} text=${a} what="the lead’s id"
            class="quiet small" /></span>`],["Visitor",r&&n`<span class="id">${us("visitor",r)}</span>`],["Endpoint",t.endpoint&&n`<${c} text=${t.endpoint} />`],["Erased",t.erased_at&&n`<${w} at=${t.erased_at} />`],["Size",`${tt(t.size)}${t.size>=1024?` (${x(t.size)} bytes)`:""}`],["SHA-256",t.sha256&&n`<span class="mono">${to(t.sha256,"the digest")}</span>`],["Warnings",t.warnings.length>0&&n`<ul class="plain-list">${t.warnings.map(i=>n`<li
            class="warn-text"><${c} text=${i} /></li>`)}</ul>`]]} />`}function so({event:t}){let{received:e}=t;return n`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
        ${x(t.deliveries)}</span></h2>
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="deliveries"><table class="grid"><thead><tr>
            <th scope="col">Received</th><th scope="col">Sender</th><th scope="col">Content type</th><th
                scope="col">Headers</th><th scope="col">Signature</th></tr></thead>
        <tbody>${e.map((s,o)=>n`<tr key=${o}>
            <td class="nowrap"><${w} at=${s.at} /></td>
            <td class="mono">${s.sender&&n`<${c} text=${s.sender} />`}</td>
            <td class="mono">${s.content_type&&n`<${c} text=${s.content_type} />`}</td>
            <td>${Object.entries(s.headers).map(([a,r])=>n`<div class="mono"><span class="faint"><${c}
                text=${a} />:</span> <${c} text=${r} /></div>`)}</td>
            <td>${s.signature_verified?"verified":n`<span
                class="faint">none</span>`}</td></tr>`)}</tbody></table></div>
        ${t.received_more&&n`<p class="faint">There were more deliveries than are listed.</p>`}</section>`}function no(t){try{return new TextDecoder("utf-8",{fatal:!0,ignoreBOM:!0}).decode(t)}catch{return null}}function oo(t){try{return t===null?null:rs(t)}catch{return null}}var $s=2e5;function ao({text:t}){let[e,s]=p(!1),o=!e&&t.length>$s;return n`<pre class="raw" tabindex="0" dir="ltr"><${c} lines text=${o?t.slice(0,$s):t} /></pre>
        ${o&&n`<button type="button"
            onClick=${()=>s(!0)}>Show all ${_(t.length,"character")}</button>`}`}function ro({seq:t}){let e=`/v1/events/${L(t)}/payload`,s=N(d=>y(e,{...d,as:"bytes"}),e),[o,a]=p(!1),r=j(()=>s.data&&no(s.data),[s.data]),i=j(()=>oo(r||null),[r]),l=i&&!o?()=>he(i):r;return n`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${i&&n`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!o} onClick=${()=>a(!1)}>Pretty</button>
                <button type="button" aria-pressed=${o} onClick=${()=>a(!0)}>Raw</button></div>`}
            ${r&&n`<${R} text=${l} what="the payload" class="" />`}
            <a class="button" href=${e} download=${`event-${t}.json`}>Download</a>
        </div></div>
        <div class="paper"><${M} of=${s} lines=${10}>${()=>r===null?n`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`:i&&!o?n`<${ds} node=${i} />`:n`<${ao} text=${r} />`}</${M}></div></section>`}function io({seq:t}){let e=`/v1/events/${L(t)}/proof`,[s,o]=p(!1);return n`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">that it is in the trail, unchanged</span></h2>
        ${!s&&n`<div class="acts"><button type="button" onClick=${()=>o(!0)}>Show</button></div>`}</div>
        ${s&&n`<${lo} path=${e} seq=${t} />`}</section>`}function lo({path:t,seq:e}){let s=N(o=>y(t,{...o,as:"text"}),t);return s.error?.status===404?n`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${s.reload}>Look again</button></p>`:n`<${M} of=${s} lines=${5}>${o=>n`<div class="paper">
        <pre class="raw" tabindex="0">${o}</pre>
        <p class="acts"><${R} text=${o} what="the proof" class="" /><a class="button" href=${t}
            download=${`${e}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${M}>`}var co=t=>/^[1-9][0-9]{0,15}$/.test(t);function ps({where:t}){let e=t.id,s=N(a=>y(`/v1/events/${L(e)}`,a),e);f(()=>{T("Event",e)},[e]),O({Escape:()=>nt("/trail")});let o=(a,r,i)=>co(e)&&Number(e)+a>0&&n`<a class="button square"
        href=${E.event(Number(e)+a)}
        aria-label=${r} title=${r}><span class=${i}><${S} name="right" /></span></a>`;return n`<div class="view scroll"><${k} title=${n`Event <span class="number"><${c} text=${e} /></span>`}
            lead=${n`<a class="up" href="/trail">Trail</a>`}>
            ${o(-1,"The event before","flip")}${o(1,"The event after","")}</${k}>
        ${s.error?.status===404?n`<${v} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${v}>`:n`
        <${M} of=${s}>${a=>n`
            <p class="lead-line"><${J} type=${a.type} /> <span class="faint">
                ${X(a.type)===a.type?"":a.type}</span></p>
            <${eo} event=${a} />
            ${!a.erased_at&&n`<${ro} key=${e} seq=${e} />`}
            <${so} event=${a} />
            <${io} key=${e} seq=${e} />`}</${M}>`}</div>`}var uo=1e3,hs=(t,e,s)=>y(`/v1/leads/${L(t)}`,{...e,params:{limit:uo,cursor:s}}),$o=({seq:t,type:e,conversation_id:s,occurred_at:o,received_at:a})=>({seq:t,at:o??a,type:e,conversation:s,changes:[]});function po({changes:t,events:e,escalations:s,intents:o}){let a=new Map(e.map(l=>[l.seq,$o(l)])),r=(l,d,u)=>(a.has(l)||a.set(l,{seq:l,at:d,type:u,changes:[]}),a.get(l));for(let l of t)r(l.seq,l.at,"new-contact").changes.push(l);let i=[...s.map(l=>["session-escalated",l]),...o.map(l=>["buyer-intent-detected",l])];for(let[l,{seq:d,at:u,reason:h,conversation_id:$}]of i){let g=r(d,u,l);g.reason=h,g.conversation??=$}return[...a.values()].sort((l,d)=>Date.parse(d.at)-Date.parse(l.at)||d.seq-l.seq)}var fs=({value:t})=>t==null?n`<span class="faint">nothing</span>`:n`<${c}
    text=${gt(t)} />`,ho=({change:t})=>n`<li><span class="faint"><${c} text=${bt(t.field)} /></span>
    ${t.from!==null&&n`<del><${fs} value=${t.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${fs} value=${t.to} /></ins></li>`;function fo({entry:t,several:e}){return n`<li class="entry"><div class="entry-head"><${J} type=${t.type} />
            <p class="meta"><${w} at=${t.at} show=${Et} /><${q} seq=${t.seq}><span
                class="offscreen">event </span>#${t.seq}</${q}>
            ${e&&t.conversation&&n`<${dt} id=${t.conversation} />`}</p></div>
        ${t.reason&&n`<${mt} class="reason" text=${t.reason} />`}
        ${t.changes.length>0&&n`<ul class="changes">${t.changes.map((s,o)=>n`<${ho} key=${o}
            change=${s} />`)}</ul>`}</li>`}var ms=200;function mo({history:t}){let e=j(()=>po(t),[t]),[s,o]=p(ms),a=[];for(let i of e.slice(0,s)){let l=St(i.at);a.at(-1)?.key!==l&&a.push({key:l,at:i.at,entries:[]}),a.at(-1).entries.push(i)}let r=t.conversations.length>1;return n`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${a.map(i=>n`<div class="line-day" key=${i.key}><h3><${w} at=${i.at} show=${Pt} /></h3>
            <ol class="line">${i.entries.map(l=>n`<${fo} key=${l.seq} entry=${l}
                several=${r} />`)}</ol></div>`)}
        ${e.length>s&&n`<button type="button"
            onClick=${()=>o(s+5*ms)}>Show more of ${_(e.length,"event")}</button>`}
        ${t.changes_cut&&n`<p class="faint">There are more changes than are shown.</p>`}</section>`}function vo({lead:t}){return n`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${U} rows=${[...Je(t).map(([e,s])=>[n`<${c} text=${bt(e)} />`,n`<span class="with-copy"><${c} text=${gt(s)} /><${R} text=${gt(s)}
                what=${bt(e)} class="quiet small" /></span>`]),["Lead",n`<span class="with-copy"><span class="id"><${c} text=${t.id} /></span><${R} text=${t.id}
            what="the lead’s id" class="quiet small" /></span>`],["Agent",(t.agent_name||t.agent_id)&&n`<${c} text=${t.agent_name||t.agent_id} />`],["First seen",n`<${w} at=${t.first_at} />`],["Last seen",n`<${w} at=${t.last_at} />`],["Events",n`<a href=${`/trail?${new URLSearchParams({lead:t.id})}`}>${_(t.events,"event")}</a>`]]} />${t.profile_cut&&n`<p class="faint">The profile is larger than what is shown.</p>`}</section>`}function go({history:t}){let{conversations:e}=t;return e.length===0?null:n`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${e.length}${t.conversations_cut?"+":""}</span></h2>
        <ul class="talks">${e.map(s=>n`<li key=${s.id}><${dt} id=${s.id} />
            <span class="faint"><${w} at=${s.first_at} show=${D} /> to <${w} at=${s.last_at}
                show=${D} />, ${_(s.events,"event")}</span></li>`)}</ul></section>`}function vs({where:t}){let{id:e}=t,s=N(i=>hs(e,i),e);f(()=>{T("Lead",e)},[e]),O({Escape:()=>nt("/leads")});let o=async()=>{let i=await hs(e,{},s.data.next);s.replace({...s.data,events:[...s.data.events,...i.events],next:i.next})},a=s.error?.status===404||s.error?.status===410,r=s.data&&Lt(s.data.lead);return n`<div class="view scroll lead"><${k} title=${r?n`<${c} text=${r} />`:"Lead"} lead=${n`<a
        class="up" href="/leads">Leads</a>`} />
        ${a?n`<${v} title=${s.error.status===410?"This lead was erased":"There is no such lead"}><p>
            ${s.error.detail}</p></${v}>`:n`
        <${M} of=${s} lines=${12}>${i=>n`<div class="columns">
            <div class="column-side"><${vo} lead=${i.lead} /><${go} history=${i} /></div>
            <div class="column-main"><${mo} history=${i} />
                ${i.next&&n`<p><${V}
                    act=${o}>Load more events</${V}></p>`}</div></div>`}</${M}>`}</div>`}var gs=["agent","conversation","visitor","since","until","email"],bo=[["at","Last activity"],["name","Lead"],["email","Email"],["company","Company"],["count","Conversations"]].map(([t,e])=>({key:t,name:e})),bs=t=>typeof t=="string"&&t!==""&&n`<${c} text=${t} />`,yo=t=>n`
    <span role="cell" class="cell-at">${W(t.last_at,D)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${E.lead(t.id)}>${Lt(t.profile)?n`<${c} text=${Lt(t.profile)} />`:n`<span class="id"><${c}
            text=${t.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${bs(t.profile?.email)}</span>
    <span role="cell" class="cell-company">${bs(t.profile?.company)}</span>
    <span role="cell" class="cell-count">${x(t.conversations)}${t.conversations_more&&"+"}<span
        class="unit"> ${t.conversations===1?"conversation":"conversations"}</span></span>`;function ys({where:t}){let{pages:e,filters:s,place:o}=Rt(t,"/v1/leads","leads",gs);return f(()=>{T("Leads")},[]),n`<div class="view fill"><${k} title="Leads" />
        <${ot} where=${t} names=${gs.filter(a=>a!=="email")} />
        <div class="list-frame"><${at} pages=${e} label="Leads" columns=${bo} draw=${yo} place=${o}
            class="leads"
            empty=${n`<${v} title="No leads">${s.email?n`<p>Nobody ever had this address.</p>`:n`
                <p>They appear here when contact details are captured.</p>`}</${v}>`} /></div></div>`}var me=864e5,ws=[7,30,90],wo=5e3,xs=1e3,ks=5,Yt=t=>new Date(t).toISOString().slice(0,10),ht=t=>t.catch(e=>{if(e.name==="AbortError")throw e;return null});async function ko(t,e){let s=Yt(Date.now()),o=Yt(Date.now()-(t-1)*me),a=(C,P)=>y(C,{...e,params:P}),[r,i,l,d,u,h,$,g]=await Promise.all([a("/v1/stats",{since:o}),ht(a("/v1/health")),ht(a("/v1/conversations",{since:s,limit:xs})),ht(a("/v1/rejected",{limit:ks})),ht(a("/v1/exports")),ht(y("/log/checkpoint",{...e,as:"text"})),ht(a("/v1/events",{type:"session-escalated",limit:ks})),ht(a("/v1/events",{limit:1}))]);return{stats:r,health:i,conversations:l,rejected:d,exports:u,checkpoint:h,escalations:$,newest:g,since:o,today:s}}function xo(t,e){let s=new Map(t.days.map(a=>[a.day,a])),o=Date.now();return Array.from({length:e},(a,r)=>{let i=Yt(o-(e-1-r)*me),{events:l=0,types:d}=s.get(i)??{};return{day:i,events:l,types:{__proto__:null,...d}}})}var qt=(t,e)=>t.reduce((s,o)=>s+(o.types[e]??0),0),wt=({words:t,value:e,href:s,note:o})=>n`<li class="tile"><a href=${s}><span class="tile-words">${t}</span>
    <span class="tile-value">${e}</span><span class="tile-note">${o}</span></a></li>`;function Eo({data:t,days:e,range:s}){let{stats:o,conversations:a,today:r,since:i}=t,l=a?.conversations.length??0,d=`in ${s} days`,u=$=>`/trail?${new URLSearchParams({type:$,since:i})}`,h=o.totals.rejected;return n`<ul class="tiles">
        <${wt} words="Events" value=${x(e.reduce(($,g)=>$+g.events,0))} note=${d}
            href=${`/trail?since=${i}`} />
        <${wt} words="Conversations" value=${a?.next?`${x(xs)}+`:x(l)}
            note="today" href=${`/conversations?since=${r}`} />
        <${wt} words="Escalations" value=${x(qt(e,"session-escalated"))} note=${d}
            href=${u("session-escalated")} />
        <${wt} words="Buyer intents" value=${x(qt(e,"buyer-intent-detected"))} note=${d}
            href=${u("buyer-intent-detected")} />
        <${wt} words="Questions" value=${x(qt(e,"new-question"))} note=${d}
            href=${u("new-question")} />
        <${wt} words="Rejected" value=${x(h)}
            note=${h?"kept, with the reason":"nothing"} href="/rejected" />
    </ul>`}function So(t){let[e,s]=p(null);return f(()=>{import("./chart-NGJBDRJ4.js").then(o=>s(()=>o.Chart),()=>{})},[]),e?n`<${e} ...${t} />`:n`<div class="chart" />`}function To({days:t,types:e}){return n`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${e.map(s=>n`<th scope="col" key=${s}><${c} text=${X(s)} /></th>`)}</tr></thead>
        <tbody>${t.toReversed().map(s=>n`<tr key=${s.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({since:s.day,until:Yt(Date.parse(s.day)+me)})}`}>
            ${s.day}</a></th>
            <td>${x(s.events)}</td>${e.map(o=>n`<td key=${o}>
                ${x(s.types[o]??0)}</td>`)}</tr>`)}</tbody></table></div>`}var Co=t=>[...new Set(t.flatMap(e=>Object.keys(e.types)))].sort((e,s)=>qt(t,s)-qt(t,e));function _o({data:t,days:e}){let[s,o]=p(new Set),[a,r]=p(!1),i=j(()=>Co(e),[e]),l=j(()=>i.filter(u=>!s.has(u)),[i,s]),d=u=>o(h=>{let $=new Set(h);return $.delete(u)||$.add(u),$});return n`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!a}
            onClick=${()=>r(!1)}>Chart</button>
            <button type="button" aria-pressed=${a} onClick=${()=>r(!0)}>Table</button></div></div>
        ${a?n`<${To} days=${e} types=${i} />`:n`<${So} days=${e} types=${l} />
            <ul class="legend">${i.map(u=>n`<li key=${u}><button type="button"
                class="quiet small ${jt(u)}" aria-pressed=${!s.has(u)}
                onClick=${()=>d(u)}><span class="dot" aria-hidden="true"></span><${c}
                    text=${X(u)} /></button></li>`)}</ul>`}
        ${t.stats.totals.events===0&&n`<p class="faint">No events in this time.</p>`}</section>`}var Es=()=>n`<${m} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${S}
    name="quiet" />quiet</${m}>`;function Mo({data:t}){let{health:e,stats:s}=t,o=new Map(s.types.map(r=>[r.type,r.events])),a=(e?.types??[]).toSorted((r,i)=>Date.parse(i.last_at)-Date.parse(r.last_at));return n`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${a.length===0&&n`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${a.map(r=>n`<li key=${r.type}><a
            href=${`/trail?${new URLSearchParams({type:r.type})}`}><${J} type=${r.type} /></a>
            <span class="rows-end">${r.unusually_quiet&&n`<${Es} />`}<span class="faint number">
                ${x(o.get(r.type)??0)}</span><${ct} at=${r.last_at} /></span></li>`)}</ul></section>`}function Lo({data:t}){let{health:e,stats:s}=t,o=new Map(s.agents.map(r=>[r.agent_id,r.events])),a=(e?.agents??[]).slice(0,8);return a.length===0?null:n`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${a.map(r=>n`<li key=${r.agent_id}><a
            href=${`/trail?${new URLSearchParams({agent:r.agent_id})}`}><${c}
            text=${r.agent_name||r.agent_id} /></a>
            <span class="rows-end">${r.unusually_quiet&&n`<${Es} />`}<span class="faint number">
                ${x(o.get(r.agent_id)??0)}</span><${ct}
                at=${r.last_at} /></span></li>`)}</ul></section>`}function Ao({data:t}){let e=t.escalations?.events??[];return e.length===0?null:n`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${e.map(s=>n`<li key=${s.seq}>${s.conversation_id?n`<${dt}
            id=${s.conversation_id} />`:n`<${q} seq=${s.seq}>Event ${s.seq}</${q}>`}<span class="rows-end"><${ct}
                at=${s.occurred_at??s.received_at} /></span></li>`)}</ul></section>`}function Ro({data:t}){let e=t.rejected?.rejected??[];return e.length===0?null:n`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${e.map(s=>n`<li key=${s.number}><a class="cut" href=${E.rejection(s.number)}>
            <${c} text=${s.detail||s.title} /></a>
            <span class="rows-end"><${m} kind="bad">${s.status}</${m}><${ct}
                at=${s.received_at} /></span></li>`)}</ul></section>`}function qo(t){let[e,s,o]=(t??"").split(`
`);return/^\d+$/.test(s??"")?{origin:e,size:Number(s),root:o}:null}function No({data:t}){let e=t.newest?.events[0],s=qo(t.checkpoint),o=e&&s?e.seq-s.size:0;return n`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${U} rows=${[["Newest event",e?n`<${q} seq=${e.seq}>${x(e.seq)}</${q}> <${ct}
            class="faint" at=${e.received_at} />`:"none yet"],["Checkpoint",s?n`<${m} kind=${o>0?"":"good"}>
            ${o>0?`${x(o)} not signed yet`:"all signed"}</${m}> at ${x(s.size)}`:"none yet"],["Root",s&&n`<span class="mono"><${c} text=${s.root} /></span>`],["Log",s&&n`<span class="mono"><${c} text=${s.origin} /></span>`]]} /></section>`}function Oo({data:t}){let e=t.exports?.exports??[];return n`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${e.length===0&&n`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${e.map(s=>n`<li key=${s.name}><span><${c}
            text=${s.name} /> ${s.state!=="done"&&n`<${m} kind="warn">${s.state}</${m}>`}</span>
            <span class="rows-end">${s.behind>0?n`<span class="faint">
                ${_(s.behind,"event")} behind</span>`:n`<${m} kind="good">up to date</${m}>`}
            ${s.done_at?n`<${ct} at=${s.done_at} />`:n`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`}function Do(t,e){let s=b();s.current=t.reload,f(()=>{if(e===void 0)return;let o=null,a=()=>{o=null,Ie()&&s.current()},r=vt({after:e,onEvents:()=>{o??=setTimeout(a,wo)}});return()=>{clearTimeout(o),r()}},[e===void 0])}function Ss({where:t}){let e=Number(new URLSearchParams(t.search).get("days")),s=ws.includes(e)?e:30,o=N(d=>ko(s,d),`overview ${s}`),{data:a,error:r}=o;Do(o,a?a.newest?.events[0]?.seq??0:void 0),f(()=>{T("Overview")},[]);let i=j(()=>a&&xo(a.stats,s),[a,s]),l=a&&a.newest?.events.length===0;return n`<div class="view scroll overview"><${k} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${ws.map(d=>n`<button type="button"
                key=${d} aria-pressed=${d===s}
                onClick=${()=>F(`/?days=${d}`,{replace:!0})}>${d} days</button>`)}</div></${k}>
        ${r&&n`<${I} error=${r} retry=${o.reload} />`}
        ${!a&&!r&&n`<${ut} lines=${10} />`}
        ${l&&n`<${v} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${v}>`}
        ${a&&n`<${Eo} data=${a} days=${i} range=${s} />
            <${_o} data=${a} days=${i} />
            <div class="cards"><${Mo} data=${a} /><${Lo} data=${a} /><${Ao} data=${a} />
                <${Ro} data=${a} />
                <${No} data=${a} /><${Oo} data=${a} /></div>
            <p class="faint asof">Since <${w} at=${a.since} show=${Ce} />. <${w} at=${new Date().toISOString()}
                show=${d=>`As of ${D(d)}`} /></p>`}
    </div>`}var Ts=["since","until"],Io=[["at","Received"],["status","Answer"],["reason","Reason"],["endpoint","Endpoint"],["size","Size"],["seq","Number"]].map(([t,e])=>({key:t,name:e})),Po=t=>n`
    <span role="cell" class="cell-at">${W(t.received_at,D)}</span>
    <span role="cell" class="cell-status"><${m} kind="bad">${t.status}</${m}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${E.rejection(t.number)}><${c}
        text=${t.detail||t.title} /></a></span>
    <span role="cell" class="cell-endpoint">${t.endpoint&&n`<${c} text=${t.endpoint} />`}</span>
    <span role="cell" class="cell-size">${tt(t.size)}</span>
    <span role="cell" class="cell-seq">${t.number}</span>`;function Cs({where:t}){let{pages:e,place:s}=Rt(t,"/v1/rejected","rejected",Ts);return f(()=>{T("Rejected")},[]),n`<div class="view fill"><${k} title="Rejected" />
        <${ot} where=${t} names=${Ts} />
        <div class="list-frame"><${at} pages=${e} label="Rejected deliveries" columns=${Io} draw=${Po}
            place=${s} class="rejections"
            empty=${n`<${v} title="Nothing was rejected">
                <p>Every delivery that arrived is in the trail.</p></${v}>`} /></div></div>`}var _s=4e3,Ms=8e3;function jo(t){return typeof t.body=="string"?new TextEncoder().encode(t.body):Uint8Array.from(atob(t.body_base64??""),e=>e.charCodeAt(0))}var ve=new TextDecoder("utf-8",{ignoreBOM:!0}),Fo=t=>(t&192)===128;function zo(t,e){if(e===null)return{before:ve.decode(t.subarray(0,Ms)),more:t.length-Ms};let s=Math.max(0,e-_s),o=Math.min(e+1,t.length);for(;o<t.length&&o<e+4&&Fo(t[o]);)o++;let a=Math.min(t.length,o+_s),r=(i,l)=>ve.decode(t.subarray(i,l));return{skipped:s,before:r(s,e),fault:r(e,o),after:r(o,a),more:t.length-a}}function Ho({rejection:t}){let e=j(()=>jo(t),[t]),{offset:s}=t,{skipped:o,before:a,fault:r,after:i,more:l}=j(()=>zo(e,s),[e,s]);return f(()=>{document.querySelector(".fault")?.scrollIntoView({block:"nearest"})},[e]),n`<section aria-labelledby="body"><div class="section-head"><h2 id="body">Body <span class="faint">${t.kept<t.size?`the first ${tt(t.kept)} were kept`:"as received"}</span></h2>
        <div class="acts"><${R} text=${()=>ve.decode(e)} what="the body" class="" /></div></div>
        <pre class="paper raw" tabindex="0" dir="ltr">${o>0&&n`<span
            class="faint">… ${tt(o)} before\n</span>`}<${c} lines text=${a} />${s!==null&&n`<mark class="fault" title=${`byte ${s}`}><span class="offscreen">at fault: </span>
                ${r?n`<${c} text=${r} />`:"end"}</mark>`}${i&&n`<${c} lines text=${i} />`}${l>0&&n`<span
                class="faint">\n… ${tt(l)} after</span>`}</pre></section>`}var Wo=({pointer:t})=>n`<ul class="plain-list mono">${t.split(" ").map(e=>n`<li><${c}
    text=${e} /></li>`)}</ul>`;function Uo({rejection:t,onClose:e}){let[s,o]=p(null),a=async()=>{try{await ft(`/v1/rejected/${L(t.number)}`)}catch(r){return o(r)}$t(`Rejected delivery ${t.number} was dropped.`),F("/rejected",{replace:!0})};return n`<${K} title=${`Drop rejected delivery ${t.number}?`} onClose=${e}>
        <p>Its body and the reason go for good. Nothing else holds them: Aimdoc does not send them again.</p>
        ${s&&n`<${I} error=${s} />`}
        <div class="dialog-acts"><button type="button" onClick=${e}>Keep it</button><${V} class="danger"
            act=${a}>Drop it</${V}></div></${K}>`}function Bo({rejection:t,onProblem:e}){let[s,o]=p(!1);return n`<${V} act=${async()=>{try{let r=await Q(`/v1/rejected/${L(t.number)}/retry`);$t(`Taken into the trail as event ${r.seq}.`,"good"),F(E.event(r.seq),{replace:!0})}catch(r){e(r)}}}>Retry</${V}>
        <button type="button" class="danger-quiet" onClick=${()=>o(!0)}>Drop</button>
        ${s&&n`<${Uo} rejection=${t} onClose=${()=>o(!1)} />`}`}function Ls({where:t,who:e}){let{id:s}=t,o=N(i=>y(`/v1/rejected/${L(s)}`,i),s),[a,r]=p(null);return f(()=>{T("Rejected",s)},[s]),O({Escape:()=>nt("/rejected")}),n`<div class="view scroll"><${k} title=${n`Rejected <span class="number"><${c} text=${s} /></span>`}
        lead=${n`<a class="up" href="/rejected">Rejected</a>`}>
            ${o.data&&pt(e)&&n`<${Bo} rejection=${o.data} onProblem=${r} />`}</${k}>
        ${a&&n`<${I} error=${a}><p
            class="faint">It stays here. After the reading rules have changed, try again.</p></${I}>`}
        ${o.error?.status===404?n`<${v} title="There is no such rejected delivery">
            <p>It was retried or dropped.</p></${v}>`:n`
        <${M} of=${o}>${i=>n`
            <p class="lead-line"><${m} kind="bad">${i.status}</${m}> <${c}
                text=${i.detail||i.title} /></p>
            <${U} rows=${[["Received",n`<${w} at=${i.received_at} />`],["Reason",n`<${c} text=${i.title} />`],["Byte at fault",i.offset!==null&&n`<span class="mono">${i.offset}</span>`],["Looked for at",i.pointer&&n`<${Wo} pointer=${i.pointer} />`],["Endpoint",i.endpoint&&n`<${c} text=${i.endpoint} />`],["Sender",i.sender&&n`<span class="mono"><${c} text=${i.sender} /></span>`],["Content type",i.content_type&&n`<span class="mono"><${c}
                    text=${i.content_type} /></span>`],["Size",tt(i.size)]]} /><${Ho} rejection=${i} />`}</${M}>`}</div>`}function Zt({title:t,secret:e,what:s,children:o,onClose:a}){return n`<${K} title=${t} onClose=${a}>
        <p>${o}</p>
        <p class="secret" data-testid="secret"><code>${e}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${R} text=${e} what=${s} class="primary" /><button type="button"
            onClick=${a}>Done</button></div></${K}>`}function Z({title:t,submit:e,words:s,danger:o,onClose:a,children:r,disabled:i=!1}){let l=b(),[d,u]=p({});return n`<${K} title=${t} onClose=${a}><form ref=${l} onSubmit=${async $=>{$.preventDefault(),u({busy:!0});try{await e(Object.fromEntries(new FormData(l.current)))}catch(g){u({error:g})}}}>${r}
        ${d.error&&n`<${I} error=${d.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${a}>Cancel</button>
            <button type="submit" class=${o?"danger":"primary"} disabled=${i||d.busy}
                aria-busy=${!!d.busy}>${s}</button></div></form></${K}>`}var As=({help:t})=>n`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck="false" autofocus /><span class="faint">
            ${t} Letters, digits, dots, underscores, dashes.</span></label>`,Ko=t=>location.origin+t;function Vo({onClose:t,onSecret:e}){return n`<${Z} title="Add an endpoint" words="Add" submit=${async({label:o})=>e(await Q("/v1/endpoints",{body:{label:o}}))} onClose=${t}>
        <${As} help="What you call it by, such as the site that its deliveries come from." /></${Z}>`}function Go({endpoint:t,onClose:e,onSecret:s}){return n`<${Z} title="Rotate the endpoint" words="Rotate" submit=${async()=>s(await Q(`/v1/endpoints/${L(t.id)}/rotate`))} onClose=${e}>
        <p>Makes a new secret path for <strong><${c}
            text=${t.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${Z}>`}function Xo({endpoint:t,onClose:e,onDone:s}){let[o,a]=p("");return n`<${Z} title="Retire the endpoint" words="Retire it for good" danger submit=${async()=>{await Q(`/v1/endpoints/${L(t.id)}/retire`,{body:{confirm:t.name}}),s()}} onClose=${e}
        disabled=${o!==t.name}>
        <p>From now on deliveries to endpoint ${t.id}, <strong><${c}
            text=${t.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        <label class="field"><span>Type <strong><${c} text=${t.name} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck="false" value=${o}
                onInput=${i=>a(i.target.value)} autofocus /></label></${Z}>`}var Jo=(t,e)=>t.state==="active"&&n`
    <button type="button" class="quiet" aria-label=${`Rotate ${t.name}`}
        onClick=${()=>e({kind:"rotate",endpoint:t})}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${t.name}`}
        onClick=${()=>e({kind:"retire",endpoint:t})}>Retire</button>`;function Yo({endpoints:t,show:e}){return n`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>n`<tr key=${s.id} data-testid="endpoint">
            <td><${c} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="active"?"good":""}>${s.state}</${m}>
                ${s.retired_at&&n` <span class="faint"><${w} at=${s.retired_at} /></span>`}</td>
            <td>${s.signed?"yes":n`<span class="faint">no</span>`}</td>
            <td><${w} at=${s.created_at} /></td>
            <td class="acts">${Jo(s,e)}</td></tr>`)}</tbody></table></div>`}function Zo(){let t=N(i=>y("/v1/endpoints",i),"endpoints"),[e,s]=p(null),o=()=>s(null),a=({endpoint:i,name:l})=>{t.reload(),s({kind:"secret",endpoint:i,name:l})},r=()=>{t.reload(),o(),$t("The endpoint is retired: it answers 410.")};return n`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${()=>s({kind:"add"})}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${M} of=${t} lines=${3}>${({endpoints:i})=>n`<${Yo} endpoints=${i}
            show=${s} />`}</${M}>
        ${e?.kind==="add"&&n`<${Vo} onClose=${o} onSecret=${a} />`}
        ${e?.kind==="rotate"&&n`<${Go} endpoint=${e.endpoint} onClose=${o}
            onSecret=${a} />`}
        ${e?.kind==="retire"&&n`<${Xo} endpoint=${e.endpoint} onClose=${o}
            onDone=${r} />`}
        ${e?.kind==="secret"&&n`<${Zt} title="The endpoint’s address" secret=${Ko(e.endpoint)}
            what="the address" onClose=${o}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${Zt}>`}</section>`}function Qo({onClose:t,onSecret:e}){return n`<${Z} title="Add a token" words="Add" submit=${async({label:o,scope:a})=>e(await Q("/v1/tokens",{body:{label:o,scope:a}}))} onClose=${t}>
        <${As} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${Z}>`}function ta({token:t,onClose:e,onDone:s}){return n`<${Z} title="Revoke the token" words="Revoke" danger submit=${async()=>{await ft(`/v1/tokens/${L(t.id)}`),s()}} onClose=${e}>
        <p>Programs that use <strong><${c}
            text=${t.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p></${Z}>`}function ea({tokens:t,show:e}){return n`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Scopes</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${t.map(s=>n`<tr key=${s.id} data-testid="token">
            <td><${c} text=${s.name} /> <span class="faint">${s.id}</span></td>
            <td><${m} kind=${s.state==="valid"?"good":""}>${s.state}</${m}>${s.revoked_at&&n` <span
                class="faint"><${w} at=${s.revoked_at} /></span>`}</td>
            <td>${s.scopes.join(", ")}</td>
            <td><${w} at=${s.created_at} /></td>
            <td class="acts">${s.state==="valid"&&n`<button type="button" class="quiet danger-text"
                aria-label=${`Revoke ${s.name}`}
                onClick=${()=>e({kind:"revoke",token:s})}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`}function sa(){let t=N(i=>y("/v1/tokens",i),"tokens"),[e,s]=p(null),o=()=>s(null),a=({token:i})=>{t.reload(),s({kind:"secret",token:i})},r=()=>{t.reload(),o(),$t("The token is revoked.")};return n`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${()=>s({kind:"add"})}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${M} of=${t} lines=${3}>${({tokens:i})=>n`<${ea} tokens=${i} show=${s} />`}</${M}>
        ${e?.kind==="add"&&n`<${Qo} onClose=${o} onSecret=${a} />`}
        ${e?.kind==="revoke"&&n`<${ta} token=${e.token} onClose=${o} onDone=${r} />`}
        ${e?.kind==="secret"&&n`<${Zt} title="The new token" secret=${e.token} what="the token"
            onClose=${o}>Give it to whom it is for, by a way that you trust.</${Zt}>`}</section>`}function na(){let t=N(e=>y("/v1/acts",{...e,params:{limit:50}}),"acts");return n`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${M} of=${t} lines=${5}>${({acts:e})=>n`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${e.map(s=>n`<tr key=${s.seq}><td class="nowrap"><${w} at=${s.at} /></td><td>
            ${s.who&&n`<${c} text=${s.who} />`}</td>
            <td><${c} text=${s.kind} /></td><td>${s.object&&n`<${c} text=${s.object} />`}</td>
            <td class="faint">${s.detail&&n`<${c}
                text=${s.detail} />`}</td></tr>`)}</tbody></table></div>`}</${M}></section>`}function Rs({who:t}){return f(()=>{T("Settings")},[]),pt(t)?n`<div class="view scroll settings"><${k} title="Settings" /><${Zo} /><${sa} /><${na} /></div>`:n`<div class="view scroll"><${k} title="Settings" /><${v} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${v}></div>`}var qs={expired:"Your session has ended. Sign in again to go on where you were.",idle:"You were signed out because nothing was done for a while."},oa=t=>t.status===401||t.status===403?"No token is like that, or it was revoked.":t.detail||t.message;function Ns({why:t}){let e=b(),[s,o]=p({});f(()=>{T("Sign in"),e.current.focus()},[]);let a=async r=>{r.preventDefault();let i=e.current.value.trim();if(!i)return e.current.focus();o({busy:!0});try{await je(i)}catch(l){o({error:oa(l)}),e.current?.select()}};return n`<main class="alone sign-in" data-state=${z.get().state}>
        <div class="card">
            <p class="brand"><span class="brand-mark" aria-hidden="true"></span>hooktrail</p>
            <h1>Sign in</h1>
            ${qs[t]&&n`<p class="notice" role="status">${qs[t]}</p>`}
            <form onSubmit=${a}>
                <label for="token">API token</label>
                <input id="token" name="token" type="password" ref=${e} autocomplete="current-password" spellcheck="false"
                    placeholder="ht_…" required aria-describedby="token-help" aria-invalid=${!!s.error} />
                <p id="token-help" class=${s.error?"bad-text":"faint"} role=${s.error?"alert":void 0}>
                    ${s.error??n`Printed once by ${""}<code>hooktrail init</code> or <code>hooktrail token add</code>.`}</p>
                <button type="submit" class="primary" disabled=${s.busy} aria-busy=${!!s.busy}>Sign in</button>
            </form>
        </div>
        <${Wt} />
    </main>`}var Os=100,Qt=1e3,aa=[["at","Received"],["type","Type"],["agent","Agent"],["conversation","Conversation"],["lead","Lead"],["marks","Marks"],["seq","Event"]].map(([t,e])=>({key:t,name:e})),ra=({event:t})=>n`
    ${t.deliveries>1&&n`<${m}
        title=${`delivered ${t.deliveries} times`}>×${x(t.deliveries)}</${m}>`}
    ${t.warnings.length>0&&n`<${m} kind="warn" title=${t.warnings.join(`
`)}>
        ${_(t.warnings.length,"warning")}</${m}>`}
    ${t.derived&&n`<${m}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${m}>`}
    ${t.unreadable&&n`<${m} kind="bad" title="The payload could not be read">unreadable</${m}>`}`,ia=t=>n`
    <span role="cell" class="cell-at">${W(t.received_at,D)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${E.event(t.seq)}
        aria-label=${`${X(t.type)}, event ${t.seq}`}><${J} type=${t.type} /></a></span>
    <span role="cell" class="cell-agent">${t.agent_name||t.agent_id?n`<${c}
        text=${t.agent_name||t.agent_id} />`:""}</span>
    <span role="cell" class="cell-conversation">${t.conversation_id&&n`<${dt}
        id=${t.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${t.lead_id&&n`<${Y} id=${t.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${ra} event=${t} /></span>
    <span role="cell" class="cell-seq">${t.seq}</span>`;function la(t){let e=t.order==="asc"?-1:1,s=t.order==="asc"?"after":"before";return async({cursor:o,page:a,signal:r})=>{let i=a?.top??o?.from,l=i?{...t,[s]:i.seq+e}:{...t,cursor:o},{events:d,next:u}=await y("/v1/events",{params:{...l,limit:a?.count??Os},signal:r});return{rows:d,next:u}}}var Ds=t=>t.order!=="asc"&&!t.until&&!t.before,te=class{constructor(){this.rows=[],this.count=0}add(e){this.count+=e.length,this.rows=this.count<=Qt?[...e,...this.rows]:[]}get overflown(){return this.count>Qt}};function ca(t){return{pages:new yt(la(t)),place:{top:0},held:new te,newest:void 0}}function da(t){let e=At(t.search,de),[s,o]=p(0),a=`${t.key} ${t.search} ${s}`,r=b({});r.current.key!==a&&(r.current={key:a,...s===0&&xt(a)||ca(e)},It(a,r.current));let i=Jt(()=>r.current.pages,a);return{filters:e,state:r.current,pages:i,renew:()=>o(l=>l+1)}}function ua({filters:t,state:e,pages:s,renew:o},a,r){let i=b(!0),l=b(a);l.current=a;let d=()=>{let{held:$}=e;e.held=new te,$.overflown?o():$.count&&s.prepend($.rows,Os)},u=$=>{e.newest=$.at(-1).seq,e.held.add($.reverse()),!l.current&&i.current?d():s.onChange()},h=s.count>0||s.atEnd;return f(()=>{if(!h||!Ds(t))return;e.newest??=s.row(0)?.seq??0;let{type:$,agent:g,conversation:C,lead:P,visitor:B,since:rt}=t;return vt({params:{type:$,agent:g,conversation:C,lead:P,visitor:B,since:rt},after:e.newest,onEvents:u,onState:r})},[h,s]),{show:d,onTop:$=>{i.current=$}}}var $a={connecting:"Connecting …",live:"Live",lost:"Reconnecting …",refused:"Not live"};function pa(t){return t===0?"To the newest":`${t>Qt?"more than ":""}${x(Math.min(t,Qt))} new`}function ha({state:t,paused:e,setPaused:s}){return n`<span class="live ${e?"paused":t}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${e?"Paused":$a[t]}</span>
        <button type="button" aria-pressed=${e} title="p" onClick=${()=>s(!e)}>
            <${S} name=${e?"play":"pause"} />${e?"Go on":"Pause"}</button>`}function Is({where:t}){let e=da(t),{filters:s,state:o,pages:a,renew:r}=e,[i,l]=p(!1),[d,u]=p("connecting"),{show:h,onTop:$}=ua(e,i,u);f(()=>{T("Trail")},[]);let g=()=>{document.querySelector(".list").scrollTop=0,a.dropped?r():h()},C=B=>{l(B),!B&&o.place.top===0&&h()};O({p:()=>C(!i),".":g});let P=o.held.count;return n`<div class="view fill">
        <${k} title="Trail">${Ds(s)&&n`<${ha} state=${d} paused=${i}
            setPaused=${C} />`}</${k}>
        <${ot} where=${t} names=${de} />
        <div class="list-frame">
            <div class="fresh" role="status">${(P>0||a.dropped>0)&&n`<button type="button" class="pill"
                onClick=${g}>
                <${S} name="up" />
                    ${pa(P)}</button>`}</div>
            <${at} pages=${a} label="Events" columns=${aa} draw=${ia} place=${o.place} onTop=${$}
                class="trail"
                empty=${n`<${v} title="No events">${Object.keys(s).length?n`<p>Nothing in the trail passes these filters.</p>`:n`
                        <p>Deliveries appear here as they come.</p>`}</${v}>`} />
        </div>
    </div>`}var ge={overview:Ss,trail:Is,event:ps,conversations:os,conversation:Qe,leads:ys,lead:vs,rejected:Cs,rejection:Ls,settings:Rs,"sign-in":Ns};var fa=[["overview","/","Overview",["overview"]],["trail","/trail","Trail",["trail","event"]],["conversations","/conversations","Conversations",["conversations","conversation"]],["leads","/leads","Leads",["leads","lead"]],["rejected","/rejected","Rejected",["rejected","rejection"]],["settings","/settings","Settings",["settings"]]];function ma({name:t,admin:e,open:s}){let o=fa.filter(([a])=>a!=="settings"||e);return n`<nav id="navigation" aria-label="Sections" class=${s?"open":""}><ul>
        ${o.map(([a,r,i,l])=>n`<li key=${a}>
            <a href=${r} aria-current=${l.includes(t)?"page":void 0}>
                <${S} name=${a} />${i}</a></li>`)}</ul></nav>`}async function va(){await ne(),F("/sign-in")}function ga({who:t}){return n`<section class="who" aria-label="You">
        <${Wt} />
        <p class="who-name" title=${`scope ${t.scope}`}>${t.name||"token"} <span class="faint">
            ${pt(t)?"admin":"read"}</span></p>
        <${V} class="quiet" act=${va}>Sign out</${V}>
    </section>`}function ba(){let t=H(st),[e,s]=p(!navigator.onLine);return f(()=>{let o=()=>s(!navigator.onLine);return addEventListener("online",o),addEventListener("offline",o),()=>{removeEventListener("online",o),removeEventListener("offline",o)}},[]),t&&!e?null:n`<p class="offline" role="status" data-testid="offline">
        ${e?"This machine is offline.":"hooktraild does not answer."} What is shown may be old.</p>`}var Ps={o:"/",t:"/trail",c:"/conversations",l:"/leads",r:"/rejected"};function ya(t){let e=b(0),s=o=>()=>{Date.now()-e.current>1200||(e.current=0,F(Ps[o]))};O({g:()=>{e.current=Date.now()},"?":t,...Object.fromEntries(Object.keys(Ps).map(o=>[o,s(o)]))})}function wa(t){let e=b(!0);G(()=>{let s=document.activeElement?.matches("input, textarea, select");!e.current&&!s&&document.querySelector("main h1")?.focus({preventScroll:!0}),e.current=!1},[t])}var ka=()=>n`<${v} title="There is no such page"><p><a href="/">To the overview</a></p></${v}>`;function xa({who:t}){let e=ee(),[s,o]=p(!1),[a,r]=p(!1);ya(()=>r(!0)),f(()=>o(!1),[e]);let i=e.pathname;wa(i);let l=ge[e.name]??ka;return n`<div class="app">
        <a class="skip" href="#main">To the content</a>
        <header class="bar">
            <a class="brand" href="/" aria-label="hooktrail, overview"><span class="brand-mark"
                aria-hidden="true"></span>hooktrail</a>
            <${qe} />
            <button type="button" class="quiet square menu-button" aria-label="Menu" aria-controls="navigation"
                aria-expanded=${s}
                onClick=${()=>o(!s)}><${S} name=${s?"close":"menu"} /></button>
        </header>
        <div class=${s?"side open":"side"}>
            <${ma} name=${e.name} admin=${pt(t)} open=${s} />
            <${ga} who=${t} />
        </div>
        <main id="main" tabindex="-1"><${ba} /><${l} key=${i} where=${e} who=${t} /></main>
        <${Me} />
        ${a&&n`<${Le} onClose=${()=>r(!1)} />`}
    </div>`}function js(){let t=H(z),e=ee();return f(()=>{t.state==="out"&&Se()},[t.state]),f(()=>{t.state==="in"&&e.name==="sign-in"&&F("/",{replace:!0})},[t.state,e.name]),t.state==="unknown"?t.error?n`<main class="alone"><h1>hooktrail</h1><${I} error=${t.error}
            retry=${Ht} /></main>`:null:t.state==="out"?n`<${ge["sign-in"]} why=${t.why} where=${e} />`:e.name==="sign-in"?null:n`<${xa} who=${t} />`}Te();Ae();Fe();Ht();ke(n`<${js} />`,document.body);
