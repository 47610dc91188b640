import{b as k,g,k as q,l as A,m as N,q as O}from"./part-chunk-HVYOWTSI.js";import{a as H}from"./part-chunk-WBVF4QXQ.js";import{d as v}from"./part-chunk-EPVBKNSL.js";import{F as l,G as b,H as M,Q as j,Y as I,Z as w,a,d as c,h as E,i as S,n as T,o as W,y as L}from"./part-chunk-GLZBEX64.js";import{a as D,f as $}from"./part-chunk-CRXK43VX.js";var F=500,ue=14,u={draft:null,left:null,found:[]},K=e=>e.map(([n,s])=>W(n,s)).join(`
`),p=e=>e.quiet.length>0&&(e.quiet_until_s===null||e.quiet_until_s>l.clock_s());function xe(){let{draft:e}=u;u.draft=null,e?.corners.length&&(u.left=e,l.say("Put aside, not saved: Z takes it up again"))}function Ce(e){k.on.add("zones");let{left:n}=u;if(u.left=null,!e&&n){u.draft=n;return}let s=e?e.rings[0].map(([i,r])=>[i,r]):[],t=e??{name:"",rule:["enter"],min_kn:null,max_kn:null,forbidden:[],for_kinds:[],for_ships:[],severity:"caution",port:!1,quiet:[],quiet_until_s:null},o=p(t)?{}:{quiet:[],quiet_until_s:null};u.draft={...structuredClone(t),...o,id:e?.id??null,corners:s,text:K(s),problem:null,sending:!1}}function x(e){e.text=K(e.corners),e.problem=null,l.changed()}function Re(e,n){let{draft:s}=u;!s||s.corners.length>=F||(s.corners.push([e,n]),x(s))}function U(){let{draft:e}=u;e?.corners.pop()&&x(e)}function Pe(e,n,s){let{draft:t}=u;if(!t)return null;let o=d=>{let[y,_]=g(...d,s);return Math.hypot(y-e,_-n)<=ue},i=t.corners.findIndex(o);if(i>=0)return i;let r=t.corners.length<3?-1:Z(t.corners).findIndex(o);return r<0||t.corners.length>=F?null:(t.corners.splice(r+1,0,Z(t.corners)[r]),r+1)}function De(e,n,s){let{draft:t}=u;t&&(t.corners[e]=[n,s],x(t))}function G(e){let{draft:n}=u;if(!n)return;n.text=e;let t=e.split(`
`).filter(i=>i.trim()).map(L),o=t.findIndex(i=>i===null);n.problem=o<0?null:`Line ${o+1} is no position: 25°26.0′N 057°21.5′E or 25.43, 57.36`,o<0&&(n.corners=t.map(i=>[i.lat_deg,i.lon_deg])),l.changed()}var Z=e=>e.map(([n,s],t)=>{let[o,i]=e[(t+1)%e.length],r=(i-s+540)%360-180;return[(n+o)/2,(s+r/2+540)%360-180]}),ce=e=>b.name?{...e,by:b.name}:e;async function C(e,n,s){try{let t=await I(e,ce(n));return l.zones.set(t.id,t),l.say(`${s(t)}, ${l.kept()}`),!0}catch(t){return u.draft?u.draft.problem=w(t):l.say(w(t),!0),l.changed(),!1}}async function J(){let{draft:e}=u;if(!e||e.sending)return!1;let n=e.name.trim().toLowerCase(),s=[...l.zones.values()].some(m=>m.removed_s===null&&m.id!==e.id&&m.name.toLowerCase()===n);if(n?s?e.problem="There is a zone of this name: give it another":e.corners.length<3&&(e.problem="A zone has three corners or more: click them on the map, or type them"):e.problem="Give it a name: it is said in every alert",e.problem)return l.changed(),!1;e.sending=!0;let{id:t,corners:o,text:i,problem:r,sending:d,...y}=e,_=t===null?"/api/zones":`/api/zones/${encodeURIComponent(t)}`,ae={...Object.fromEntries(["name","rule","min_kn","max_kn","forbidden","for_kinds","for_ships","severity","port","quiet","quiet_until_s"].map(m=>[m,y[m]])),corners:o},P=await C(_,ae,m=>`${m.name} is ${p(m)&&!m.rule.length?"quiet":"watched"}`);return e.sending=!1,P&&u.draft===e&&(u.draft=null),l.changed(),P}var X=e=>C(`/api/zones/${encodeURIComponent(e.id)}/remove`,{},()=>`${e.name} is watched no more`),R=e=>C(`/api/zones/${encodeURIComponent(e.id)}/undo`,{},n=>`${n.name} is as it was before`);function de(e,n){return!e.rule.length&&e.min_kn===null&&e.max_kn===null&&!e.forbidden.length?n.track:e.severity==="danger"?n.danger:e.severity==="caution"?n.caution:n.notice}var Q=new WeakMap,me=e=>e.rings[0].reduce((n,s)=>s[0]>n[0]?s:n),B=new WeakMap,pe=0;function Y(){if(!k.on.has("zones"))return"";let e=[];for(let n of l.zones.values()){let s=B.get(n);s===void 0&&B.set(n,s=++pe),e.push(s)}return`${e.join()} ${u.draft?.id}`}function Ee(e,n,s){for(let t of k.on.has("zones")?l.zones.values():[]){if(t.removed_s!==null||t.id===u.draft?.id)continue;let o=Q.get(t);o||Q.set(t,o=A(t.rings));let i=N(o,n);if(!i)continue;e.strokeStyle=e.fillStyle=de(t,s),e.lineWidth=1.25,e.globalAlpha=.05,e.fill(i,"evenodd"),e.globalAlpha=.75,e.setLineDash(t.drawn?[]:[6,3]),e.stroke(i),e.setLineDash([]),e.globalAlpha=1;let[r,d]=g(...me(t),n);O(e,p(t)?`${t.name} (quiet)`:t.name,r+4,d-8,s.label,s.labelHalo)}}function Se(e,n,s){if(!u.found.length)return;let t=new Path2D;for(let o of u.found)q(t,o,n);e.strokeStyle=s.selected,e.lineWidth=1.5,e.setLineDash([2,4]),e.stroke(t),e.setLineDash([])}function Te(e,n,s){let{draft:t}=u;if(!t)return;let o=new Path2D;q(o,t.corners,n),e.strokeStyle=e.fillStyle=s.selected,e.globalAlpha=.1,e.fill(o),e.globalAlpha=1,e.lineWidth=2,e.stroke(o);for(let i of t.corners){let[r,d]=g(...i,n);e.fillRect(r-5,d-5,10,10)}e.lineWidth=1.5;for(let i of t.corners.length<3?[]:Z(t.corners)){let[r,d]=g(...i,n);e.strokeRect(r-4,d-4,8,8)}}var fe=[[0,"until someone changes it"],[1,"for 1 hour"],[4,"for 4 hours"],[8,"for 8 hours"],[24,"for 24 hours"],[168,"for 7 days"],[720,"for 30 days"]],f=new H,V=()=>f.want("zones","/api/zones",`${l.alerts.size} ${Y()}`);function z(e){return`until ${Math.floor(e/86400)===Math.floor(l.clock_s()/86400)?E(e):S(e)}`}function ee(e){if(!e.quiet.length)return"";let n=e.quiet_until_s===null?"":` ${z(e.quiet_until_s)}`;return`${p(e)?"quiet for":"was quiet for"} ${e.quiet.map(v).join(", ")}${n}`}function ne(e){if(!e.drawn||!p(e)||e.removed_s!==null)return c;V();let n=f.held?.held_back[e.id]??0;return a`<p class=${n?"refused":"quiet"}>${n?`${n===1?"1 alert is":`${n} alerts are`} held back now`:"nothing is held back now"}</p>`}function he(e,n){if(!e.quiet.length)return c;let s=o=>{let i=o.target.value;i!=="as it is"&&(e.quiet_until_s=Number(i)?Math.ceil(l.clock_s())+3600*Number(i):null),l.changed()},t=e.quiet_until_s;return a`<div class="field">
    <label for="${n}-quiet-end">Quiet</label>
    <select id="${n}-quiet-end" @change=${s}>
      ${t===null?c:a`<option value="as it is" .selected=${!0}>${z(t)}</option>`}
      ${fe.map(([o,i])=>a`<option value=${o} .selected=${t===null&&!o}>${i}</option>`)}
    </select>
  </div>`}function te(e,n,s){V();let t=(i,r)=>{e.quiet=r?[...e.quiet,i].sort():e.quiet.filter(d=>d!==i),e.quiet.length||(e.quiet_until_s=null),l.changed()},o=f.held?.quiet_rules??e.quiet.map(i=>({rule:i,words:v(i)}));return a`<details class="deeper" data-quiet=${n} ?open=${n==="found"||e.quiet.length>0}>
    <summary>${s}${e.quiet.length?`: ${e.quiet.map(v).join(", ")}`:""}</summary>
    <p class="quiet">Of these nothing new is raised in it, as at a pilot station or an anchorage. What was raised before goes on. A distress is always told.</p>
    ${f.problem&&!f.held?a`<p class="problem">${f.problem}</p>`:c}
    <div class="kinds">
      ${o.map(({rule:i,words:r})=>a`<label><input type="checkbox" data-rule=${i} .checked=${e.quiet.includes(i)} @change=${d=>t(i,d.target.checked)} />${r}</label>`)}
    </div>
    ${he(e,n)}
  </details>`}var be=$.slice(1,10),oe=e=>({3:"passenger ships",4:"fishing boats",6:"high-speed craft",5:"service craft",7:"pleasure craft",8:"authorities",9:"others"})[e]??`${$[e]} ships`;function ge(e){let n=[];e.rule.length&&n.push(`${e.rule.map(o=>({enter:"entering",leave:"leaving"})[o]).join(" and ")} is told`),e.max_kn!==null&&n.push(`at most ${e.max_kn} kn`),e.min_kn!==null&&n.push(`at least ${e.min_kn} kn`),e.forbidden.length&&n.push(`no ${e.forbidden.map(oe).join(", ")}`);let s=ee(e),t=[...e.for_kinds.map(oe),...e.for_ships.map(String)];return n.length?`${n.join(" · ")} · ${e.severity}${t.length?` · for ${t.join(", ")}`:""}${e.port?" · a port":""}${s?` · ${s}`:""}`:s?`${s}${e.port?" · a port":""}`:e.port?"a port; nothing is told":"only a name; nothing is told"}function se(e,n,s){let t=a`<span class="unseen">: ${e.name}</span>`;return a`<li class="zone" data-zone-id=${e.id}>
    <p class="zone-name">${e.name}</p>
    <p class="quiet">${ge(e)}</p>
    ${ne(e)}
    <p class="quiet">${e.by}${e.changed_s===null?c:a` · <span class="figures">${T(e.removed_s??e.changed_s,l.clock_s())}</span>`}</p>
    <div class="buttons">
      ${e.removed_s===null?a`<button class="small" @click=${()=>n(e)}>Show${t}</button>`:c}
      ${e.drawn?c:a`<span class="quiet">read-only: in the configuration</span>`}
      ${e.drawn&&e.removed_s===null?a`<button class="decides small" @click=${()=>s(e)}>Change${t}</button>
            ${e.undo?a`<button class="decides small" @click=${()=>R(e)}>Undo last change${t}</button>`:c}
            <button class="decides small" @click=${()=>X(e)}>Remove${t}</button>`:c}
      ${e.removed_s!==null?a`<button class="decides small" @click=${()=>R(e)}>Bring back${t}</button>`:c}
    </div>
  </li>`}function Ye(e,n,s){let t=[...l.zones.values()].sort((i,r)=>i.name.localeCompare(r.name)),o=t.filter(i=>i.removed_s!==null);return a`<h3>Zones</h3>
    <div class="buttons">
      <button class="decides main" @click=${()=>n(null)}>Draw a zone (Z)</button>
      <button class="decides" id="zone-file" @click=${s}>From a file…</button>
      ${!j()&&t.some(i=>i.drawn&&i.removed_s===null)?a`<a class="button" href="${D}/api/zones.geojson?save=1">Save as GeoJSON</a>`:c}
    </div>
    <ul class="zone-list" role="list">${t.filter(i=>i.removed_s===null).map(i=>se(i,e,n))}</ul>
    ${o.length?a`<details class="deeper"><summary>Removed: ${o.length}</summary><ul class="zone-list" role="list">${o.map(i=>se(i,e,n))}</ul></details>`:c}`}var h=e=>e.target.value;function ie(e,n,s){let t=o=>{let i=h(o).trim().replace(",","."),r=i===""?null:Number(i);e.problem=r!==null&&!(r>=0&&r<=100)?`${s}: 0 to 100 kn, or nothing`:null,e.problem||(e[n]=r),l.changed()};return a`<div class="field">
    <label for="zone-${n}">${s}, kn</label>
    <input id="zone-${n}" type="text" inputmode="decimal" autocomplete="off" value=${e[n]??""} @change=${t} />
  </div>`}function re(e,n,s){let t=(o,i)=>{e[n]=i?[...e[n],o].sort():e[n].filter(r=>r!==o),l.changed()};return a`<details class="deeper" ?open=${e[n].length>0}>
    <summary>${s}${e[n].length?`: ${e[n].map(o=>$[o]).join(", ")}`:""}</summary>
    <div class="kinds">
      ${be.map((o,i)=>a`<label><input type="checkbox" .checked=${e[n].includes(i+1)} @change=${r=>t(i+1,r.target.checked)} />${o}</label>`)}
    </div>
  </details>`}function le(e,n,s){let t=o=>{let i=e.rule.filter(r=>r!==n);e.rule=o.target.checked?[...i,n]:i};return a`<label><input type="checkbox" .checked=${e.rule.includes(n)} @change=${t} />${s}</label>`}function $e(e,n){let s=h(n).split(/[\s,;]+/).filter(Boolean);e.problem=s.every(t=>/^\d{7,9}$/.test(t))?null:"Ships by MMSI, nine digits each, with commas between",e.problem||(e.for_ships=s.map(Number)),l.changed()}function Ve(e,n){let s=async o=>{o.preventDefault(),await J()&&n()},t=()=>{u.draft=null,n(),l.changed()};return a`<form class="zone-form" @submit=${s}>
    <h3>${e.id===null?"A new zone":"Change a zone"}</h3>
    <div class="field">
      <label for="zone-name">Name</label>
      <input id="zone-name" type="text" autocomplete="off" maxlength="60" .value=${e.name} @input=${o=>{e.name=h(o),e.problem=null}} />
    </div>
    <div class="field">
      <label for="zone-corners">Corners, one a line: click them on the map, drag them, or type</label>
      <textarea id="zone-corners" rows="5" autocomplete="off" spellcheck="false" .value=${e.text} @input=${o=>G(h(o))}></textarea>
      <button type="button" class="small" ?disabled=${!e.corners.length} @click=${()=>U()}>Take the last corner back</button>
    </div>
    <fieldset>
      <legend>What is told</legend>
      ${le(e,"enter","a ship comes in")} ${le(e,"leave","a ship goes out")}
      <div class="two">${ie(e,"max_kn","Faster than")} ${ie(e,"min_kn","Slower than")}</div>
      ${re(e,"forbidden","Kinds that may not be in it")}
    </fieldset>
    <div class="field">
      <label for="zone-severity">How bad it is</label>
      <select id="zone-severity" @change=${o=>{e.severity=h(o)}}>
        ${["notice","caution","danger"].map(o=>a`<option value=${o} .selected=${e.severity===o}>${o}</option>`)}
      </select>
    </div>
    ${re(e,"for_kinds","Only for kinds")}
    <div class="field">
      <label for="zone-ships">Only for ships (MMSI)</label>
      <input id="zone-ships" type="text" inputmode="numeric" autocomplete="off" value=${e.for_ships.join(", ")} @change=${o=>$e(e,o)} />
    </div>
    <label class="alone"><input type="checkbox" .checked=${e.port} @change=${o=>{e.port=o.target.checked}} />a port: daily work in it is kept quiet</label>
    ${te(e,"zone","Rules that are quiet in it")}
    <div class="inline by">
      <label for="zone-by">Your name</label>
      <input id="zone-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${b.name} @change=${o=>M(h(o))} />
    </div>
    <p class="problem" role="alert">${e.problem??c}</p>
    <div class="buttons">
      <button class="main" type="submit" ?disabled=${e.sending}>${e.sending?"Saving…":"Watch this zone"}</button>
      <button type="button" @click=${t}>Cancel</button>
    </div>
  </form>`}export{u as a,xe as b,Ce as c,Re as d,Pe as e,De as f,ce as g,Y as h,Ee as i,Se as j,Te as k,te as l,ge as m,Ye as n,Ve as o};
