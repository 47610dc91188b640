import{h as B,m as _,s as Z,v as V}from"./part-chunk-P7TX5ZA5.js";import"./part-chunk-3MZVNBVS.js";import{A as k,B as z,D as b,i as w,j as P,l as D,r as y,x as U,y as h}from"./part-chunk-HHM3RAN5.js";import{a as x}from"./part-chunk-6FXCU3HA.js";import{d as G}from"./part-chunk-G2QHSJZW.js";import{d as J}from"./part-chunk-MHHVYR4L.js";import{$ as j,A as M,G as l,J as O,a as o,ba as F,d as r,h as I,i as c,k as L,m as p,n as a,o as N,x as d}from"./part-chunk-LVKHUYEM.js";import{a as u}from"./part-chunk-CRXK43VX.js";var le=[4,8,12,24],f=new x,v=null,T=8,g=null;function E(){return v??Math.floor(l.clock_s()/60)*60-T*3600}var W=()=>`since_s=${E()}`;function re(){let e=document.querySelector("#handover-since").value,t=M(e,l.clock_s());g=t===null?"Time as 2019-06-13 02:50Z, or 02:50Z for today":null,t!==null&&(v=t),l.changed()}function ie(e){v=null,T=e,g=null,document.querySelector("#handover-since").value=c(E()),l.changed()}var ae=()=>o`<form class="field no-print" @submit=${e=>{e.preventDefault(),re()}}>
  <label for="handover-since">What changed since, UTC</label>
  <div class="inline">
    <input id="handover-since" type="text" class="figures" autocomplete="off" value=${c(E())} aria-invalid=${g?"true":"false"} aria-describedby="handover-problem" />
    <button type="submit">Show</button>
  </div>
  <p id="handover-problem" class="problem" role="alert">${g??r}</p>
  <div class="buttons">
    ${le.map(e=>o`<button type="button" class="small" aria-pressed=${v===null&&T===e?"true":"false"} @click=${()=>ie(e)}>Last ${e} h</button>`)}
  </div>
</form>`;function ce(e){let t=e.acknowledged_s===null?"not acknowledged":`acknowledged ${p(e.acknowledged_s,l.clock_s())}`,n=e.snoozed_until_s===null?"":` · snoozed until ${I(e.snoozed_until_s)}`;return o`<li>
    <button class="line ${e.severity}" @click=${()=>w(e.id)}>
      ${h(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}<br /><span class="quiet">${e.assigned?`with ${e.assigned}`:"with nobody"} · ${t}${n} · raised ${a(e.raised_s,l.clock_s())}</span></span>
    </button>
  </li>`}var de=e=>o`<li>
  <button class="line ${e.severity}" @click=${()=>P(e.id)}>
    ${h(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}${e.notes.length?o`<br /><span class="quiet">${e.notes.at(-1).words}</span>`:r}</span>
  </button>
</li>`;function ue(){let e=O();return Date.now()>=e?"Sound in this browser: on":e===1/0?"Sound in this browser: off until someone switches it on":`Sound in this browser: off until ${I(e/1e3)}`}function pe(e){let t=e.open.filter(n=>e.snoozed.includes(n.id));return o`<ul class="lines told" role="list">
    ${t.map(n=>o`<li>Snoozed until ${a(n.snoozed_until_s,l.clock_s())}: ${n.title}</li>`)}
    ${e.exclusions.map(n=>o`<li>Left out by ${n.by} at ${c(n.made_s)}, until someone takes it back: ${n.rule}, ${Object.values(n.names).join(" and ")}${n.here?`, within ${n.here.radius_nm} NM`:""}: ${n.words}</li>`)}
    ${e.quiet_zones.map(n=>o`<li>Zone ${n.name}, by ${n.by} at ${c(n.changed_s)}, ${n.quiet_until_s===null?"until someone changes it":`until ${a(n.quiet_until_s,l.clock_s())}`}: nothing new of ${n.quiet.map(G).join(", ")}; ${d(n.held_back)} held back now</li>`)}
    ${Object.entries(e.kept_quiet).map(([n,s])=>o`<li>Quiet in port: ${n}, ${d(s)} only counted</li>`)}
    <li>${ue()}</li>
  </ul>`}function me(e){let{journal:t,clock_check:n}=e;return o`<ul class="lines told" role="list">
    ${e.feeds.map(s=>o`<li class=${Z(s)?"":"alarm"}>Feed ${s.name||s.feed}: ${s.state.replace("_"," ")}, ${s.words}; last line ${a(s.last_s,l.clock_s())}</li>`)}
    <li class=${n.state==="wrong"?"alarm":""}>Clock: ${n.words}</li>
    <li class=${t.state==="failed"?"alarm":""}>Journal: ${t.words}; ${d(t.durable)} of ${d(t.records)} records safe</li>
    ${(t.copies??[]).map(s=>o`<li class=${s.state==="failing"||s.state==="forked"?"alarm":""}>Copy ${s.name}: ${s.state}, ${s.words}; ${d(s.behind)} behind</li>`)}
    ${e.webhook?o`<li class=${e.webhook.state==="failing"?"alarm":""}>Webhook to ${e.webhook.to}, from ${e.webhook.least} on: ${e.webhook.words}; ${d(e.webhook.unsent)} unsent</li>`:r}
    ${t.checkpoint?o`<li>Checkpoint: record ${d(t.checkpoint.record)}, ${t.checkpoint.words}</li>`:r}
  </ul>`}function $e(e){if(e.what==="report")return`${e.verb} reported, ${e.title}`;let t=e.what==="alert"?_[e.verb]??e.verb:e.verb;return`${e.what==="alert"?e.severity??"":e.what} · ${e.title}: ${t}`}var he=e=>o`<tr class=${e.what}>
  <td class="figures">${p(e.time_s,l.clock_s())}</td>
  <td><strong>${$e(e)}</strong>${e.by?o` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function be(e){return e.changes.length?o`<div class="scroll" tabindex="0" role="group" aria-label="What changed">
      <table class="sheet-table">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th></tr></thead>
        <tbody>${[...e.changes].reverse().map(he)}</tbody>
      </table>
    </div>
    ${e.changes_left_out?o`<p class="quiet">${d(e.changes_left_out)} before these are not shown.</p>`:r}`:o`<p class="quiet">Nothing.</p>`}function fe(){f.want(`${v} ${T}`,`/api/handover?${W()}`,l.alerts.size);let e=f.held;return o`${k("hand-over of the watch",`Hand-over, ${c(l.clock_s())}`,"Close the hand-over")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The hand-over">
      <p class="buttons no-print">
        <a class="button" href="${u}/api/handover.html?${W()}" target="_blank" rel="noopener">Sheet to print</a>
        <a class="button" href="${u}/api/handover.html?${W()}&save=1">Save the sheet</a>
      </p>
      ${ae()}
      ${f.problem?o`<p class="problem" role="alert">${f.problem}</p>`:r}
      ${e?o`<h3>Open alerts: ${e.open.length}</h3>
            ${e.open.length?o`<ul class="lines" role="list">${e.open.map(ce)}</ul>`:o`<p class="quiet">Nothing stands open.</p>`}
            <h3>Open incidents: ${e.incidents.length}</h3>
            ${e.incidents.length?o`<ul class="lines" role="list">${e.incidents.map(de)}</ul>`:o`<p class="quiet">None.</p>`}
            <h3>Silenced: what comes back, and when</h3>
            ${pe(e)}
            <h3>Guarded at the desk: ${e.guards.length}</h3>
            ${e.guards.length?o`<ul class="lines told" role="list">${e.guards.map(t=>o`<li>${t.name}: ${t.guard?"guarded":"not guarded"}${t.ring_nm===null?"":`, ring of ${t.ring_nm} NM`}, ${t.until_s===null?"until someone ends it":`until ${a(t.until_s,l.clock_s())}`}${t.words?`: ${t.words}`:""}</li>`)}</ul>`:o`<p class="quiet">None.</p>`}
            <h3>Feeds, clock, journal, webhook</h3>
            ${me(e)}
            <h3>What changed since ${c(e.since_s)}, newest first</h3>
            ${be(e)}`:o`<p class="quiet">…</p>`}
    </div>`}function K(){f.forget(),g=null}function H(e,t,n){let s=URL.createObjectURL(new Blob([n],{type:`${t};charset=utf-8`})),i=document.createElement("a");i.href=s,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}var Q=2e3,m=null,S=()=>document.querySelector("#warning-text");async function A(e,t){let n={of:e.id,parts:m?.parts??null,named:t,problem:null};m=n,l.changed();try{let s=await j(`/api/incidents/${encodeURIComponent(e.id)}/warning?named=${t?1:0}`);if(m!==n)return;n.parts=s;let i=S();i&&(i.value=s.text)}catch(s){n.problem=F(s)}l.changed()}var X=e=>`warning-${e.number.replace(/\W+/g,"-")}`;function Y(e){let t=m?.parts,n=S()?.value;!t||n===void 0||(e==="txt"?H(`${X(t)}.txt`,"text/plain",n):H(`${X(t)}.json`,"application/json",JSON.stringify({...t,edited:n!==t.text,text:n},null,1)),l.say("Saved by this browser; nothing was sent"))}async function ge(e){let n=`Warning given out: ${(S()?.value.trim()??"").replace(/\s+/g," ")}`;await y(e.id,n.length>Q?`${n.slice(0,Q-1)}…`:n)}function ve(e,t){return o`<div class="answer">
    <div class="field check">
      <input id="warning-named" type="checkbox" .checked=${t.named} @change=${n=>A(e,n.target.checked)} />
      <label for="warning-named">Name the ships (composes the text anew)</label>
    </div>
    <label for="warning-text">The text, yours to edit. Look it over: names that people typed in are masked only as ships send them</label>
    <textarea id="warning-text" rows="16" spellcheck="false" autocomplete="off" .defaultValue=${t.parts?.text??""}></textarea>
    <p class="problem" role="alert">${t.problem??r}</p>
    <div class="buttons">
      <button class="main" @click=${()=>U(S().value,"The warning is copied; nothing was sent")}>Copy</button>
      <button @click=${()=>Y("txt")}>Save as text</button>
      <button @click=${()=>Y("json")}>Save as JSON</button>
      <button @click=${()=>A(e,t.named)}>Compose anew</button>
      <button @click=${()=>ge(e)}>Note that it was given out</button>
    </div>
  </div>`}function ee(e){let t=m?.of===e.id?m:null;return o`<h3 class="no-print">Warning to other ships</h3>
    <div class="no-print">
      ${t?.parts?ve(e,t):o`<p class="quiet">A draft in the form that reporting centres use. Nothing is sent: you edit it, and copy or save it.</p>
            <p class="problem" role="alert">${t?.problem??r}</p>
            <button @click=${()=>A(e,!1)}>Compose a warning</button>`}
    </div>`}function te(){m=null}var $=new x,C=null,R=e=>`/api/incidents/${encodeURIComponent(e.id)}`;function ne(e,t,n,s){return n.length?o`<div class="scroll" tabindex="0" role="group" aria-label=${e}>
    <table class="sheet-table">
      <thead><tr>${t.map(i=>o`<th scope="col">${i}</th>`)}</tr></thead>
      <tbody>${n}</tbody>
    </table>
  </div>`:o`<p class="quiet">${s}</p>`}function we(e){let t=e.lat_deg===null||e.lon_deg===null?"not known":N(e.lat_deg,e.lon_deg),n=e.length_m?`, ${e.length_m} × ${e.beam_m??"?"} m`:"";return o`<tr>
    <td><strong>${e.name}</strong><br />${e.kind??"kind not known"}${e.flag?`, ${e.flag}`:""}${n}</td>
    <td class="figures">${e.mmsi?`MMSI ${e.mmsi}`:"by radar only"}${e.imo?o`<br />IMO ${e.imo}`:r}${e.callsign?o`<br />${e.callsign}`:r}</td>
    <td class="figures">${t}<br />${a(e.heard_s,l.clock_s())}</td>
  </tr>`}function ye(e){return e.what==="report"?`${e.verb} reported, ${e.title}`:e.what==="note"||e.verb==="note"?`note${e.title?` on ${e.title}`:""}`:`${e.title}: ${_[e.verb]??e.verb}`}var ke=e=>o`<tr class=${e.what}>
  <td class="figures">${p(e.time_s,l.clock_s())}</td>
  <td><strong>${ye(e)}</strong>${e.by?o` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function _e(e){return o`<details class="deeper">
    <summary>${e.severity}, ${e.state}: ${e.title} · ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
    <p>${e.reason}</p>
    <ul class="sentences" role="list">
      ${e.evidence.map(t=>o`<li>
          <p class="quiet figures">${p(t.time_s,l.clock_s())} · ${t.record===null?"record not known":`record ${t.record}`}${t.station?` · heard by ${t.station}`:""}</p>
          <code>${t.sentence??"decoded input: no sentence was kept"}</code>
          ${t.blake2b?o`<p class="quiet hash">BLAKE2b <code>${t.blake2b}</code></p>`:r}
        </li>`)}
    </ul>
    <button class="small" @click=${()=>w(e.id,!0,!0)}>Open this alert</button>
  </details>`}var xe=()=>innerWidth>720?680:Math.min(680,Math.max(300,innerWidth-50));function oe(e,t,n){let s=`${u}${R(e)}/${t}.svg?n=${$.times}&palette=`;return o`<div class="scroll" tabindex="0" role="group" aria-label=${t==="chart"?"Chart":"Time line"}>
      <img class="extract screen ${t}" alt=${n} src="${s}${l.palette}&wide=${xe()}" />
    </div>
    <img class="extract paper" alt="" loading="lazy" src="${s}day&wide=680" />`}async function Te(e){let t=document.querySelector("#incident-words"),n=t.value.trim();if(C=n?null:"Write the note first.",!n)return t.focus(),l.changed();await y(e.id,n)&&t.value.trim()===n&&(t.value="")}function Se(e){return o`<h3>Notes of the watch: ${e.notes.length}</h3>
    <ul class="lines" role="list">
      ${e.notes.map(t=>o`<li class="told"><p class="quiet figures">${p(t.time_s,l.clock_s())} · ${t.by??"desk"}</p><p>${t.words}</p></li>`)}
    </ul>
    <div class="answer decides">
      <label for="incident-words">A note for the record</label>
      <textarea id="incident-words" rows="2" maxlength="2000" autocomplete="off" aria-describedby="incident-problem"></textarea>
      <div class="inline by">
        ${J("incident-by")}
        <button class="decides main" @click=${()=>Te(e)}>Write it down</button>
      </div>
      <p id="incident-problem" class="problem" role="alert">${C??r}</p>
    </div>`}var Re=e=>o`<li class="told">
  <p class="quiet figures">${c(e.time_s)} · ${e.kind} · ${e.verified?"verified":"not verified"}${e.source?` · ${e.source}`:""}</p>
  <p>${e.words}</p>
</li>`;function qe(e){$.want(e.id,R(e),e);let t=l.clock_s(),n=$.held?.incident.id===e.id?$.held:null,s=e.reports.map(q=>l.reports.get(q)).filter(q=>q!==void 0),i=e.state!=="open";return o`${k(o`<span class="severity ${e.severity}">${h(e.severity)}<span class="severity-word">incident · ${i?e.state:e.severity}</span></span>`,e.title,"Close the page")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The incident">
      <p class="buttons no-print">
        <a class="button" href="${u}${R(e)}/report.html" target="_blank" rel="noopener">Report to print</a>
        <a class="button" href="${u}${R(e)}/report.html?save=1">Save the report</a>
        <button class="decides" @click=${()=>D()}>Type in a report (R)</button>
      </p>
      <dl class="facts">
        ${b("Began",o`<span class="figures">${a(e.start_s,t)}</span>`)}
        ${e.end_s===null?r:o`${b("Ended",o`<span class="figures">${a(e.end_s,t)}</span>`)}${b("Lasted",L(e.end_s-e.start_s))}`}
        ${b("Number",e.id)}
      </dl>
      ${z(e.lat_deg,e.lon_deg)}
      ${$.problem?o`<p class="problem" role="alert">${$.problem}</p>`:r}
      <h3>Chart</h3>
      ${oe(e,"chart","Chart of the incident: alerts, tracks of its ships, shore. The same is told in words below.")}
      <h3>Who can help</h3>
      ${i?o`<p class="quiet">Told only while an incident is open.</p>`:V(e.helpers)}
      <h3>Ships</h3>
      ${n?ne("Ships",["Ship","Numbers","Last heard"],n.ships.map(we),"None."):o`<p class="quiet">…</p>`}
      ${B(e.id,Se(e))}
      <h3>Reported</h3>
      ${s.length?o`<ul class="lines" role="list">${s.map(Re)}</ul>`:o`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
      <h3>What happened, was said and was done</h3>
      ${oe(e,"timeline","Time line of the alerts, a row a ship. The same is told in words below.")}
      ${n?ne("Course of events",["Time","What"],n.course.map(ke),"Nothing yet."):o`<p class="quiet">…</p>`}
      <h3>Alerts and their evidence</h3>
      ${n?.alerts.map(_e)}
      ${ee(e)}
    </div>`}function se(){$.forget(),te(),C=null}function ct(){K(),se()}export{fe as handoverPage,qe as incidentPage,ct as leave};
