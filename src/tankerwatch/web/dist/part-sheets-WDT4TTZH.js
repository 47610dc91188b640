import{h as B,m as k,s as Z,v as V}from"./part-chunk-XLQIPP7J.js";import"./part-chunk-MNEIHHPI.js";import{A as y,B as z,D as b,i as w,j as P,l as D,r as _,x as U,y as h}from"./part-chunk-3GJMLR4R.js";import{a as x}from"./part-chunk-JJ5SSNPW.js";import{d as G}from"./part-chunk-Y5QJQPEW.js";import{d as J}from"./part-chunk-A7HJH2ZB.js";import{$ as j,A as M,G as l,J as O,a as s,ba as F,d as r,h as I,i as c,k as N,m as p,n as a,o as W,x as d}from"./part-chunk-E72P3U2A.js";import{a as u}from"./part-chunk-CRXK43VX.js";var le=[4,8,12,24],f=new x,v=null,T=8,g=null;function H(){return v??Math.floor(l.clock_s()/60)*60-T*3600}var E=()=>`since_s=${H()}`;function re(){let e=document.querySelector("#handover-since").value,n=M(e,l.clock_s());g=n===null?"Time as 2019-06-13 02:50Z, or 02:50Z for today":null,n!==null&&(v=n),l.changed()}function ie(e){v=null,T=e,g=null,document.querySelector("#handover-since").value=c(H()),l.changed()}var ae=()=>s`<form class="field no-print" @submit=${e=>{e.preventDefault(),re()}}>
  <label for="handover-since">What changed since, UTC</label>
  <div class="inline">
    <input id="handover-since" type="text" class="figures" autocomplete="off" value=${c(H())} aria-invalid=${g?"true":"false"} aria-describedby="handover-problem" />
    <button type="submit">Show</button>
  </div>
  <p id="handover-problem" class="problem" role="alert">${g??r}</p>
  <div class="buttons">
    ${le.map(e=>s`<button type="button" class="small" aria-pressed=${v===null&&T===e?"true":"false"} @click=${()=>ie(e)}>Last ${e} h</button>`)}
  </div>
</form>`;function ce(e){let n=e.acknowledged_s===null?"not acknowledged":`acknowledged ${p(e.acknowledged_s,l.clock_s())}`,t=e.snoozed_until_s===null?"":` · snoozed until ${I(e.snoozed_until_s)}`;return s`<li>
    <button class="line ${e.severity}" @click=${()=>w(e.id)}>
      ${h(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}<br /><span class="quiet">${e.assigned?`with ${e.assigned}`:"with nobody"} · ${n}${t} · raised ${a(e.raised_s,l.clock_s())}</span></span>
    </button>
  </li>`}var de=e=>s`<li>
  <button class="line ${e.severity}" @click=${()=>P(e.id)}>
    ${h(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}${e.notes.length?s`<br /><span class="quiet">${e.notes.at(-1).words}</span>`:r}</span>
  </button>
</li>`;function ue(){let e=O();return Date.now()>=e?"Sound in this browser: on":e===1/0?"Sound in this browser: off until someone switches it on":`Sound in this browser: off until ${I(e/1e3)}`}function pe(e){let n=e.open.filter(t=>e.snoozed.includes(t.id));return s`<ul class="lines told" role="list">
    ${n.map(t=>s`<li>Snoozed until ${a(t.snoozed_until_s,l.clock_s())}: ${t.title}</li>`)}
    ${e.exclusions.map(t=>s`<li>Left out by ${t.by} at ${c(t.made_s)}, until someone takes it back: ${t.rule}, ${Object.values(t.names).join(" and ")}${t.here?`, within ${t.here.radius_nm} NM`:""}: ${t.words}</li>`)}
    ${e.quiet_zones.map(t=>s`<li>Zone ${t.name}, by ${t.by} at ${c(t.changed_s)}, ${t.quiet_until_s===null?"until someone changes it":`until ${a(t.quiet_until_s,l.clock_s())}`}: nothing new of ${t.quiet.map(G).join(", ")}; ${d(t.held_back)} held back now</li>`)}
    ${Object.entries(e.kept_quiet).map(([t,o])=>s`<li>Quiet in port: ${t}, ${d(o)} only counted</li>`)}
    <li>${ue()}</li>
  </ul>`}function me(e){let{journal:n,clock_check:t}=e;return s`<ul class="lines told" role="list">
    ${e.feeds.map(o=>s`<li class=${Z(o)?"":"alarm"}>Feed ${o.name||o.feed}: ${o.state.replace("_"," ")}, ${o.words}; last line ${a(o.last_s,l.clock_s())}</li>`)}
    <li class=${t.state==="wrong"?"alarm":""}>Clock: ${t.words}</li>
    <li class=${n.state==="failed"?"alarm":""}>Journal: ${n.words}; ${d(n.durable)} of ${d(n.records)} records safe</li>
    ${(n.copies??[]).map(o=>s`<li class=${o.state==="failing"||o.state==="forked"?"alarm":""}>Copy ${o.name}: ${o.state}, ${o.words}; ${d(o.behind)} behind</li>`)}
    ${e.webhook?s`<li class=${e.webhook.state==="failing"?"alarm":""}>Webhook to ${e.webhook.to}, from ${e.webhook.least} on: ${e.webhook.words}; ${d(e.webhook.unsent)} unsent</li>`:r}
    ${n.checkpoint?s`<li>Checkpoint: record ${d(n.checkpoint.record)}, ${n.checkpoint.words}</li>`:r}
  </ul>`}function $e(e){if(e.what==="report")return`${e.verb} reported, ${e.title}`;let n=e.what==="alert"?k[e.verb]??e.verb:e.verb;return`${e.what==="alert"?e.severity??"":e.what} · ${e.title}: ${n}`}var he=e=>s`<tr class=${e.what}>
  <td class="figures">${p(e.time_s,l.clock_s())}</td>
  <td><strong>${$e(e)}</strong>${e.by?s` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function be(e){return e.changes.length?s`<div class="scroll" tabindex="0" role="group" aria-label="What changed">
      <table class="sheet-table">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th></tr></thead>
        <tbody>${[...e.changes].reverse().map(he)}</tbody>
      </table>
    </div>
    ${e.changes_left_out?s`<p class="quiet">${d(e.changes_left_out)} before these are not shown.</p>`:r}`:s`<p class="quiet">Nothing.</p>`}function fe(){f.want(`${v} ${T}`,`/api/handover?${E()}`,l.alerts.size);let e=f.held;return s`${y("hand-over of the watch",`Hand-over, ${c(l.clock_s())}`,"Close the hand-over")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The hand-over">
      <p class="buttons no-print">
        <a class="button" href="${u}/api/handover.html?${E()}" target="_blank" rel="noopener">Sheet to print</a>
        <a class="button" href="${u}/api/handover.html?${E()}&save=1">Save the sheet</a>
      </p>
      ${ae()}
      ${f.problem?s`<p class="problem" role="alert">${f.problem}</p>`:r}
      ${e?s`<h3>Open alerts: ${e.open.length}</h3>
            ${e.open.length?s`<ul class="lines" role="list">${e.open.map(ce)}</ul>`:s`<p class="quiet">Nothing stands open.</p>`}
            <h3>Open incidents: ${e.incidents.length}</h3>
            ${e.incidents.length?s`<ul class="lines" role="list">${e.incidents.map(de)}</ul>`:s`<p class="quiet">None.</p>`}
            <h3>Silenced: what comes back, and when</h3>
            ${pe(e)}
            <h3>Guarded at the desk: ${e.guards.length}</h3>
            ${e.guards.length?s`<ul class="lines told" role="list">${e.guards.map(n=>s`<li>${n.name}: ${n.guard?"guarded":"not guarded"}${n.ring_nm===null?"":`, ring of ${n.ring_nm} NM`}, ${n.until_s===null?"until someone ends it":`until ${a(n.until_s,l.clock_s())}`}${n.words?`: ${n.words}`:""}</li>`)}</ul>`:s`<p class="quiet">None.</p>`}
            <h3>Feeds, clock, journal, webhook</h3>
            ${me(e)}
            <h3>What changed since ${c(e.since_s)}, newest first</h3>
            ${be(e)}`:s`<p class="quiet">…</p>`}
    </div>`}function K(){f.forget(),g=null}function A(e,n,t){let o=URL.createObjectURL(new Blob([t],{type:`${n};charset=utf-8`})),i=document.createElement("a");i.href=o,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(o),1e4)}var Q=2e3,m=null,S=()=>document.querySelector("#warning-text");async function C(e,n){let t={of:e.id,parts:m?.parts??null,named:n,problem:null};m=t,l.changed();try{let o=await j(`/api/incidents/${encodeURIComponent(e.id)}/warning?named=${n?1:0}`);if(m!==t)return;t.parts=o;let i=S();i&&(i.value=o.text)}catch(o){t.problem=F(o)}l.changed()}var X=e=>`warning-${e.number.replace(/\W+/g,"-")}`;function Y(e){let n=m?.parts,t=S()?.value;!n||t===void 0||(e==="txt"?A(`${X(n)}.txt`,"text/plain",t):A(`${X(n)}.json`,"application/json",JSON.stringify({...n,edited:t!==n.text,text:t},null,1)),l.say("Saved by this browser; nothing was sent"))}async function ge(e){let t=`Warning given out: ${(S()?.value.trim()??"").replace(/\s+/g," ")}`;await _(e.id,t.length>Q?`${t.slice(0,Q-1)}…`:t)}function ve(e,n){return s`<div class="answer">
    <div class="field check">
      <input id="warning-named" type="checkbox" .checked=${n.named} @change=${t=>C(e,t.target.checked)} />
      <label for="warning-named">Name the ships (composes the text anew)</label>
    </div>
    <label for="warning-text">The text, yours to edit. Look it over: names that people typed in are masked only as ships send them</label>
    <textarea id="warning-text" rows="16" spellcheck="false" autocomplete="off" .defaultValue=${n.parts?.text??""}></textarea>
    <p class="problem" role="alert">${n.problem??r}</p>
    <div class="buttons">
      <button class="main" @click=${()=>U(S().value,"The warning is copied; nothing was sent")}>Copy</button>
      <button @click=${()=>Y("txt")}>Save as text</button>
      <button @click=${()=>Y("json")}>Save as JSON</button>
      <button @click=${()=>C(e,n.named)}>Compose anew</button>
      <button @click=${()=>ge(e)}>Note that it was given out</button>
    </div>
  </div>`}function ee(e){let n=m?.of===e.id?m:null;return s`<h3 class="no-print">Warning to other ships</h3>
    <div class="no-print">
      ${n?.parts?ve(e,n):s`<p class="quiet">A draft in the form that reporting centres use. Nothing is sent: you edit it, and copy or save it.</p>
            <p class="problem" role="alert">${n?.problem??r}</p>
            <button @click=${()=>C(e,!1)}>Compose a warning</button>`}
    </div>`}function te(){m=null}var $=new x,L=null,R=e=>`/api/incidents/${encodeURIComponent(e.id)}`;function ne(e,n,t,o){return t.length?s`<div class="scroll" tabindex="0" role="group" aria-label=${e}>
    <table class="sheet-table">
      <thead><tr>${n.map(i=>s`<th scope="col">${i}</th>`)}</tr></thead>
      <tbody>${t}</tbody>
    </table>
  </div>`:s`<p class="quiet">${o}</p>`}function we(e){let n=e.lat_deg===null||e.lon_deg===null?"not known":W(e.lat_deg,e.lon_deg),t=e.length_m?`, ${e.length_m} × ${e.beam_m??"?"} m`:"";return s`<tr>
    <td><strong>${e.name}</strong><br />${e.kind??"kind not known"}${e.flag?`, ${e.flag}`:""}${t}</td>
    <td class="figures">${e.mmsi?`MMSI ${e.mmsi}`:"by radar only"}${e.imo?s`<br />IMO ${e.imo}`:r}${e.callsign?s`<br />${e.callsign}`:r}</td>
    <td class="figures">${n}<br />${a(e.heard_s,l.clock_s())}</td>
  </tr>`}function _e(e){return e.what==="report"?`${e.verb} reported, ${e.title}`:e.what==="note"||e.verb==="note"?`note${e.title?` on ${e.title}`:""}`:`${e.title}: ${k[e.verb]??e.verb}`}var ye=e=>s`<tr class=${e.what}>
  <td class="figures">${p(e.time_s,l.clock_s())}</td>
  <td><strong>${_e(e)}</strong>${e.by?s` · ${e.by}`:r}<br />${e.words}</td>
</tr>`,ke=e=>[...e].sort((n,t)=>n.raised_s-t.raised_s||(n.id<t.id?-1:1));function xe(e,n){return s`<details class="deeper">
    <summary>${n+1}. ${e.severity}, ${e.state}: ${e.title} · ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
    <p>${e.reason}</p>
    <ul class="sentences" role="list">
      ${e.evidence.map(t=>s`<li>
          <p class="quiet figures">${p(t.time_s,l.clock_s())} · ${t.record===null?"record not known":`record ${t.record}`}${t.station?` · heard by ${t.station}`:""}</p>
          <code>${t.sentence??"decoded input: no sentence was kept"}</code>
          ${t.blake2b?s`<p class="quiet hash">BLAKE2b <code>${t.blake2b}</code></p>`:r}
        </li>`)}
    </ul>
    <button class="small" @click=${()=>w(e.id,!0,!0)}>Open this alert</button>
  </details>`}var Te=()=>innerWidth>720?680:Math.min(680,Math.max(300,innerWidth-50));function se(e,n,t){let o=`${u}${R(e)}/${n}.svg?n=${$.times}&palette=`;return s`<div class="scroll" tabindex="0" role="group" aria-label=${n==="chart"?"Chart":"Time line"}>
      <img class="extract screen ${n}" alt=${t} src="${o}${l.palette}&wide=${Te()}" />
    </div>
    <img class="extract paper" alt="" loading="lazy" src="${o}day&wide=680" />`}async function Se(e){let n=document.querySelector("#incident-words"),t=n.value.trim();if(L=t?null:"Write the note first.",!t)return n.focus(),l.changed();await _(e.id,t)&&n.value.trim()===t&&(n.value="")}function Re(e){return s`<h3>Notes of the watch: ${e.notes.length}</h3>
    <ul class="lines" role="list">
      ${e.notes.map(n=>s`<li class="told"><p class="quiet figures">${p(n.time_s,l.clock_s())} · ${n.by??"desk"}</p><p>${n.words}</p></li>`)}
    </ul>
    <div class="answer decides">
      <label for="incident-words">A note for the record</label>
      <textarea id="incident-words" rows="2" maxlength="2000" autocomplete="off" aria-describedby="incident-problem"></textarea>
      <div class="inline by">
        ${J("incident-by")}
        <button class="decides main" @click=${()=>Se(e)}>Write it down</button>
      </div>
      <p id="incident-problem" class="problem" role="alert">${L??r}</p>
    </div>`}var qe=e=>s`<li class="told">
  <p class="quiet figures">${c(e.time_s)} · ${e.kind} · ${e.verified?"verified":"not verified"}${e.source?` · ${e.source}`:""}${e.lat_deg===null?"":` · ${W(e.lat_deg,e.lon_deg)}`}</p>
  <p>${e.words}</p>
</li>`;function Ie(e){$.want(e.id,R(e),e);let n=l.clock_s(),t=$.held?.incident.id===e.id?$.held:null,o=e.reports.map(q=>l.reports.get(q)).filter(q=>q!==void 0),i=e.state!=="open";return s`${y(s`<span class="severity ${e.severity}">${h(e.severity)}<span class="severity-word">incident · ${i?e.state:e.severity}</span></span>`,e.title,"Close the page")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The incident">
      <p class="buttons no-print">
        <a class="button" href="${u}${R(e)}/report.html" target="_blank" rel="noopener">Report to print</a>
        <a class="button" href="${u}${R(e)}/report.html?save=1">Save the report</a>
        <button class="decides" @click=${()=>D()}>Type in a report (R)</button>
      </p>
      <dl class="facts">
        ${b("Began",s`<span class="figures">${a(e.start_s,n)}</span>`)}
        ${e.end_s===null?r:s`${b("Ended",s`<span class="figures">${a(e.end_s,n)}</span>`)}${b("Lasted",N(e.end_s-e.start_s))}`}
        ${b("Number",e.id)}
      </dl>
      ${z(e.lat_deg,e.lon_deg)}
      ${$.problem?s`<p class="problem" role="alert">${$.problem}</p>`:r}
      <h3>Chart</h3>
      ${se(e,"chart","Chart of the incident: alerts, tracks of its ships, shore. The same is told in words below.")}
      <h3>Who can help</h3>
      ${i?s`<p class="quiet">Told only while an incident is open.</p>`:V(e.helpers)}
      <h3>Ships</h3>
      ${t?ne("Ships",["Ship","Numbers","Last heard"],t.ships.map(we),"None."):s`<p class="quiet">…</p>`}
      ${B(e.id,Re(e))}
      <h3>Reported</h3>
      ${o.length?s`<ul class="lines" role="list">${o.map(qe)}</ul>`:s`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
      <h3>What happened, was said and was done</h3>
      ${se(e,"timeline","Time line of the alerts, a row a ship. The same is told in words below.")}
      ${t?ne("Course of events",["Time","What"],t.course.map(ye),"Nothing yet."):s`<p class="quiet">…</p>`}
      <h3>Alerts and their evidence</h3>
      ${t?ke(t.alerts).map(xe):r}
      ${ee(e)}
    </div>`}function oe(){$.forget(),te(),L=null}function dt(){K(),oe()}export{fe as handoverPage,Ie as incidentPage,dt as leave};
