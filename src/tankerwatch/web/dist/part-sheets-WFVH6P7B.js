import{a as z,f as k,l as J,o as Z}from"./part-chunk-Z3UABQAG.js";import"./part-chunk-S5IWBDN7.js";import{A as y,B,D as h,i as v,j as P,l as D,r as w,x as U,y as $}from"./part-chunk-RMYE6B7E.js";import{a as _}from"./part-chunk-NWB7ECUN.js";import{d as G}from"./part-chunk-ILZK36OP.js";import{B as u,D as A,E as N,F as M,G as O,U as j,W as F,a as o,d as r,l,m as i,n as c,p as C,r as d,s as L}from"./part-chunk-WPKYSVMF.js";import"./part-chunk-FZGPW7OC.js";var se=[4,8,12,24],b=new _,g=null,x=8,f=null;function W(){return g??Math.floor(l.clock_s()/60)*60-x*3600}var I=()=>`since_s=${W()}`;function le(){let e=document.querySelector("#handover-since").value,t=A(e,l.clock_s());f=t===null?"Time as 2019-06-13 02:50Z, or 02:50Z for today":null,t!==null&&(g=t>l.clock_s()?t-86400:t),l.changed()}function re(e){g=null,x=e,f=null,document.querySelector("#handover-since").value=c(W()),l.changed()}var ae=()=>o`<form class="field no-print" @submit=${e=>{e.preventDefault(),le()}}>
  <label for="handover-since">What changed since, UTC</label>
  <div class="inline">
    <input id="handover-since" type="text" class="figures" autocomplete="off" value=${c(W())} aria-invalid=${f?"true":"false"} aria-describedby="handover-problem" />
    <button type="submit">Show</button>
  </div>
  <p id="handover-problem" class="problem" role="alert">${f??r}</p>
  <div class="buttons">
    ${se.map(e=>o`<button type="button" class="small" aria-pressed=${g===null&&x===e?"true":"false"} @click=${()=>re(e)}>Last ${e} h</button>`)}
  </div>
</form>`;function ie(e){let t=e.acknowledged_s===null?"not acknowledged":`acknowledged ${i(e.acknowledged_s)}`,n=e.snoozed_until_s===null?"":` · snoozed until ${i(e.snoozed_until_s)}`;return o`<li>
    <button class="line ${e.severity}" @click=${()=>v(e.id)}>
      ${$(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}<br /><span class="quiet">${e.assigned?`with ${e.assigned}`:"with nobody"} · ${t}${n} · raised ${i(e.raised_s)}</span></span>
    </button>
  </li>`}var ce=e=>o`<li>
  <button class="line ${e.severity}" @click=${()=>P(e.id)}>
    ${$(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}${e.notes.length?o`<br /><span class="quiet">${e.notes.at(-1).words}</span>`:r}</span>
  </button>
</li>`;function de(){let e=O();return Date.now()>=e?"Sound in this browser: on":e===1/0?"Sound in this browser: off until someone switches it on":`Sound in this browser: off until ${i(e/1e3)}`}function ue(e){let t=e.open.filter(n=>e.snoozed.includes(n.id));return o`<ul class="lines told" role="list">
    ${t.map(n=>o`<li>Snoozed until ${d(n.snoozed_until_s,l.clock_s())}: ${n.title}</li>`)}
    ${e.exclusions.map(n=>o`<li>Left out by ${n.by} at ${c(n.made_s)}, until someone takes it back: ${n.rule}, ${Object.values(n.names).join(" and ")}${n.here?`, within ${n.here.radius_nm} NM`:""}: ${n.words}</li>`)}
    ${e.quiet_zones.map(n=>o`<li>Zone ${n.name}, by ${n.by} at ${c(n.changed_s)}, ${n.quiet_until_s===null?"until someone changes it":`until ${d(n.quiet_until_s,l.clock_s())}`}: nothing new of ${n.quiet.map(G).join(", ")}; ${u(n.held_back)} held back now</li>`)}
    ${Object.entries(e.kept_quiet).map(([n,s])=>o`<li>Quiet in port: ${n}, ${u(s)} only counted</li>`)}
    <li>${de()}</li>
  </ul>`}function pe(e){let{journal:t,clock_check:n}=e;return o`<ul class="lines told" role="list">
    ${e.feeds.map(s=>o`<li class=${J(s)?"":"alarm"}>Feed ${s.name||s.feed}: ${s.state.replace("_"," ")}, ${s.words}; last line ${d(s.last_s,l.clock_s())}</li>`)}
    <li class=${n.state==="wrong"?"alarm":""}>Clock: ${n.words}</li>
    <li class=${t.state==="failed"?"alarm":""}>Journal: ${t.words}; ${u(t.durable)} of ${u(t.records)} records safe</li>
    ${(t.copies??[]).map(s=>o`<li class=${s.state==="failing"||s.state==="forked"?"alarm":""}>Copy ${s.name}: ${s.state}, ${s.words}; ${u(s.behind)} behind</li>`)}
    ${e.webhook?o`<li class=${e.webhook.state==="failing"?"alarm":""}>Webhook to ${e.webhook.to}, from ${e.webhook.least} on: ${e.webhook.words}; ${u(e.webhook.unsent)} unsent</li>`:r}
    ${t.checkpoint?o`<li>Checkpoint: record ${u(t.checkpoint.record)}, ${t.checkpoint.words}</li>`:r}
  </ul>`}function me(e){if(e.what==="report")return`${e.verb} reported, ${e.title}`;let t=e.what==="alert"?k[e.verb]??e.verb:e.verb;return`${e.what==="alert"?e.severity??"":e.what} · ${e.title}: ${t}`}var $e=e=>o`<tr class=${e.what}>
  <td class="figures">${i(e.time_s)}</td>
  <td><strong>${me(e)}</strong>${e.by?o` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function he(e){return e.changes.length?o`<div class="scroll" tabindex="0" role="group" aria-label="What changed">
      <table class="sheet-table">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th></tr></thead>
        <tbody>${[...e.changes].reverse().map($e)}</tbody>
      </table>
    </div>
    ${e.changes_left_out?o`<p class="quiet">${u(e.changes_left_out)} before these are not shown.</p>`:r}`:o`<p class="quiet">Nothing.</p>`}function be(){b.want(`${g} ${x}`,`/api/handover?${I()}`,l.alerts.size);let e=b.held;return o`${y("hand-over of the watch",`Hand-over, ${c(l.clock_s())}`,"Close the hand-over")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The hand-over">
      <p class="buttons no-print">
        <a class="button" href="/api/handover.html?${I()}" target="_blank" rel="noopener">Sheet to print</a>
        <a class="button" href="/api/handover.html?${I()}&save=1">Save the sheet</a>
      </p>
      ${ae()}
      ${b.problem?o`<p class="problem" role="alert">${b.problem}</p>`:r}
      ${e?o`<h3>Open alerts: ${e.open.length}</h3>
            ${e.open.length?o`<ul class="lines" role="list">${e.open.map(ie)}</ul>`:o`<p class="quiet">Nothing stands open.</p>`}
            <h3>Open incidents: ${e.incidents.length}</h3>
            ${e.incidents.length?o`<ul class="lines" role="list">${e.incidents.map(ce)}</ul>`:o`<p class="quiet">None.</p>`}
            <h3>Silenced: what comes back, and when</h3>
            ${ue(e)}
            <h3>Guarded at the desk: ${e.guards.length}</h3>
            ${e.guards.length?o`<ul class="lines told" role="list">${e.guards.map(t=>o`<li>${t.name}: ${t.guard?"guarded":"not guarded"}${t.ring_nm===null?"":`, ring of ${t.ring_nm} NM`}, ${t.until_s===null?"until someone ends it":`until ${d(t.until_s,l.clock_s())}`}${t.words?`: ${t.words}`:""}</li>`)}</ul>`:o`<p class="quiet">None.</p>`}
            <h3>Feeds, clock, journal, webhook</h3>
            ${pe(e)}
            <h3>What changed since ${c(e.since_s)}, newest first</h3>
            ${he(e)}`:o`<p class="quiet">…</p>`}
    </div>`}function V(){b.forget(),f=null}function q(e,t,n){let s=URL.createObjectURL(new Blob([n],{type:`${t};charset=utf-8`})),a=document.createElement("a");a.href=s,a.download=e,a.click(),setTimeout(()=>URL.revokeObjectURL(s),1e4)}var K=2e3,p=null,T=()=>document.querySelector("#warning-text");async function H(e,t){let n={of:e.id,parts:p?.parts??null,named:t,problem:null};p=n,l.changed();try{let s=await j(`/api/incidents/${encodeURIComponent(e.id)}/warning?named=${t?1:0}`);if(p!==n)return;n.parts=s;let a=T();a&&(a.value=s.text)}catch(s){n.problem=F(s)}l.changed()}var Q=e=>`warning-${e.number.replace(/\W+/g,"-")}`;function Y(e){let t=p?.parts,n=T()?.value;!t||n===void 0||(e==="txt"?q(`${Q(t)}.txt`,"text/plain",n):q(`${Q(t)}.json`,"application/json",JSON.stringify({...t,edited:n!==t.text,text:n},null,1)),l.say("Saved by this browser; nothing was sent"))}async function fe(e){let n=`Warning given out: ${(T()?.value.trim()??"").replace(/\s+/g," ")}`;await w(e.id,n.length>K?`${n.slice(0,K-1)}…`:n)}function ge(e,t){return o`<div class="answer">
    <div class="field check">
      <input id="warning-named" type="checkbox" .checked=${t.named} @change=${n=>H(e,n.target.checked)} />
      <label for="warning-named">Name the ships (composes the text anew)</label>
    </div>
    <label for="warning-text">The text, yours to edit. Look it over: names that people typed in are masked only as ships send them</label>
    <textarea id="warning-text" rows="16" spellcheck="false" autocomplete="off" .defaultValue=${t.parts?.text??""}></textarea>
    <p class="problem" role="alert">${t.problem??r}</p>
    <div class="buttons">
      <button class="main" @click=${()=>U(T().value,"The warning is copied; nothing was sent")}>Copy</button>
      <button @click=${()=>Y("txt")}>Save as text</button>
      <button @click=${()=>Y("json")}>Save as JSON</button>
      <button @click=${()=>H(e,t.named)}>Compose anew</button>
      <button @click=${()=>fe(e)}>Note that it was given out</button>
    </div>
  </div>`}function X(e){let t=p?.of===e.id?p:null;return o`<h3 class="no-print">Warning to other ships</h3>
    <div class="no-print">
      ${t?.parts?ge(e,t):o`<p class="quiet">A draft in the form that reporting centres use. Nothing is sent: you edit it, and copy or save it.</p>
            <p class="problem" role="alert">${t?.problem??r}</p>
            <button @click=${()=>H(e,!1)}>Compose a warning</button>`}
    </div>`}function ee(){p=null}var m=new _,E=null,S=e=>`/api/incidents/${encodeURIComponent(e.id)}`;function te(e,t,n,s){return n.length?o`<div class="scroll" tabindex="0" role="group" aria-label=${e}>
    <table class="sheet-table">
      <thead><tr>${t.map(a=>o`<th scope="col">${a}</th>`)}</tr></thead>
      <tbody>${n}</tbody>
    </table>
  </div>`:o`<p class="quiet">${s}</p>`}function ve(e){let t=e.lat_deg===null||e.lon_deg===null?"not known":L(e.lat_deg,e.lon_deg),n=e.length_m?`, ${e.length_m} × ${e.beam_m??"?"} m`:"";return o`<tr>
    <td><strong>${e.name}</strong><br />${e.kind??"kind not known"}${e.flag?`, ${e.flag}`:""}${n}</td>
    <td class="figures">${e.mmsi?`MMSI ${e.mmsi}`:"by radar only"}${e.imo?o`<br />IMO ${e.imo}`:r}${e.callsign?o`<br />${e.callsign}`:r}</td>
    <td class="figures">${t}<br />${d(e.heard_s,l.clock_s())}</td>
  </tr>`}function we(e){return e.what==="report"?`${e.verb} reported, ${e.title}`:e.what==="note"||e.verb==="note"?`note${e.title?` on ${e.title}`:""}`:`${e.title}: ${k[e.verb]??e.verb}`}var ye=e=>o`<tr class=${e.what}>
  <td class="figures">${i(e.time_s)}</td>
  <td><strong>${we(e)}</strong>${e.by?o` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function ke(e){return o`<details class="deeper">
    <summary>${e.severity}, ${e.state}: ${e.title} · ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
    <p>${e.reason}</p>
    <ul class="sentences" role="list">
      ${e.evidence.map(t=>o`<li>
          <p class="quiet figures">${i(t.time_s)} · ${t.record===null?"record not known":`record ${t.record}`}${t.station?` · heard by ${t.station}`:""}</p>
          <code>${t.sentence??"decoded input: no sentence was kept"}</code>
          ${t.blake2b?o`<p class="quiet hash">BLAKE2b <code>${t.blake2b}</code></p>`:r}
        </li>`)}
    </ul>
    <button class="small" @click=${()=>v(e.id,!0,!0)}>Open this alert</button>
  </details>`}var _e=()=>innerWidth>720?680:Math.min(680,Math.max(300,innerWidth-50));function ne(e,t,n){let s=`${S(e)}/${t}.svg?n=${m.times}&palette=`;return o`<div class="scroll" tabindex="0" role="group" aria-label=${t==="chart"?"Chart":"Time line"}>
      <img class="extract screen ${t}" alt=${n} src="${s}${l.palette}&wide=${_e()}" />
    </div>
    <img class="extract paper" alt="" loading="lazy" src="${s}day&wide=680" />`}async function xe(e){let t=document.querySelector("#incident-words"),n=t.value.trim();if(E=n?null:"Write the note first.",!n)return t.focus(),l.changed();await w(e.id,n)&&t.value.trim()===n&&(t.value="")}function Te(e){return o`<h3>Notes of the watch: ${e.notes.length}</h3>
    <ul class="lines" role="list">
      ${e.notes.map(t=>o`<li class="told"><p class="quiet figures">${i(t.time_s)} · ${t.by??"desk"}</p><p>${t.words}</p></li>`)}
    </ul>
    <div class="answer decides">
      <label for="incident-words">A note for the record</label>
      <textarea id="incident-words" rows="2" maxlength="2000" autocomplete="off" aria-describedby="incident-problem"></textarea>
      <div class="inline by">
        <label for="incident-by">Your name</label>
        <input id="incident-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${N.name} @change=${t=>M(t.target.value)} />
        <button class="decides main" @click=${()=>xe(e)}>Write it down</button>
      </div>
      <p id="incident-problem" class="problem" role="alert">${E??r}</p>
    </div>`}var Se=e=>o`<li class="told">
  <p class="quiet figures">${c(e.time_s)} · ${e.kind} · ${e.verified?"verified":"not verified"}${e.source?` · ${e.source}`:""}</p>
  <p>${e.words}</p>
</li>`;function Re(e){m.want(e.id,S(e),e);let t=l.clock_s(),n=m.held?.incident.id===e.id?m.held:null,s=e.reports.map(R=>l.reports.get(R)).filter(R=>R!==void 0),a=e.state!=="open";return o`${y(o`<span class="severity ${e.severity}">${$(e.severity)}<span class="severity-word">incident · ${a?e.state:e.severity}</span></span>`,e.title,"Close the page")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The incident">
      <p class="buttons no-print">
        <a class="button" href="${S(e)}/report.html" target="_blank" rel="noopener">Report to print</a>
        <a class="button" href="${S(e)}/report.html?save=1">Save the report</a>
        <button class="decides" @click=${()=>D()}>Type in a report (R)</button>
      </p>
      <dl class="facts">
        ${h("Began",o`<span class="figures">${d(e.start_s,t)}</span>`)}
        ${e.end_s===null?r:o`${h("Ended",o`<span class="figures">${d(e.end_s,t)}</span>`)}${h("Lasted",C(e.end_s-e.start_s))}`}
        ${h("Number",e.id)}
      </dl>
      ${B(e.lat_deg,e.lon_deg)}
      ${m.problem?o`<p class="problem" role="alert">${m.problem}</p>`:r}
      <h3>Chart</h3>
      ${ne(e,"chart","Chart of the incident: alerts, tracks of its ships, shore. The same is told in words below.")}
      <h3>Who can help</h3>
      ${a?o`<p class="quiet">Told only while an incident is open.</p>`:Z(e.helpers)}
      <h3>Ships</h3>
      ${n?te("Ships",["Ship","Numbers","Last heard"],n.ships.map(ve),"None."):o`<p class="quiet">…</p>`}
      ${z(e.id,Te(e))}
      <h3>Reported</h3>
      ${s.length?o`<ul class="lines" role="list">${s.map(Se)}</ul>`:o`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
      <h3>What happened, was said and was done</h3>
      ${ne(e,"timeline","Time line of the alerts, a row a ship. The same is told in words below.")}
      ${n?te("Course of events",["Time","What"],n.course.map(ye),"Nothing yet."):o`<p class="quiet">…</p>`}
      <h3>Alerts and their evidence</h3>
      ${n?.alerts.map(ke)}
      ${X(e)}
    </div>`}function oe(){m.forget(),ee(),E=null}function rt(){V(),oe()}export{be as handoverPage,Re as incidentPage,rt as leave};
