import{a as G,e as S,k as J,n as V}from"./part-chunk-YEANIDBC.js";import"./part-chunk-IHDNMM3Y.js";import{$ as _,A as O,B as j,C as z,D as F,R as k,T as y,a as n,aa as P,ca as D,d as r,ha as T,j as l,k as a,l as c,n as N,na as U,oa as b,p as d,q as M,qa as x,ra as B,ta as f,y as u}from"./part-chunk-KETHIGJQ.js";import"./part-chunk-LLBSI5OJ.js";var oe=1e4,le=1e3,h=class{held=null;problem=null;times=0;key="";askedAt_ms=-1/0;sign=void 0;want(t,s,o){let i=performance.now(),$=t!==this.key?0:o===this.sign?oe:le;i-this.askedAt_ms<$||(this.key=t,this.askedAt_ms=i,this.sign=o,k(s).then(A=>this.take(t,A,null),A=>this.take(t,null,y(A))))}take(t,s,o){t===this.key&&(this.held=s??this.held,this.problem=o,this.times++,l.changed())}forget(){this.held=null,this.problem=null,this.key="",this.askedAt_ms=-1/0}};var re=[4,8,12,24],g=new h,w=null,R=8,v=null;function E(){return w??Math.floor(l.clock_s()/60)*60-R*3600}var H=()=>`since_s=${E()}`;function ie(){let e=document.querySelector("#handover-since").value,t=O(e,l.clock_s());v=t===null?"Time as 2019-06-13 02:50Z, or 02:50Z for today":null,t!==null&&(w=t>l.clock_s()?t-86400:t),l.changed()}function ae(e){w=null,R=e,v=null,document.querySelector("#handover-since").value=c(E()),l.changed()}var ce=()=>n`<form class="field no-print" @submit=${e=>{e.preventDefault(),ie()}}>
  <label for="handover-since">What changed since, UTC</label>
  <div class="inline">
    <input id="handover-since" type="text" class="figures" autocomplete="off" value=${c(E())} aria-invalid=${v?"true":"false"} aria-describedby="handover-problem" />
    <button type="submit">Show</button>
  </div>
  <p id="handover-problem" class="problem" role="alert">${v??r}</p>
  <div class="buttons">
    ${re.map(e=>n`<button type="button" class="small" aria-pressed=${w===null&&R===e?"true":"false"} @click=${()=>ae(e)}>Last ${e} h</button>`)}
  </div>
</form>`;function de(e){let t=e.acknowledged_s===null?"not acknowledged":`acknowledged ${a(e.acknowledged_s)}`,s=e.snoozed_until_s===null?"":` · snoozed until ${a(e.snoozed_until_s)}`;return n`<li>
    <button class="line ${e.severity}" @click=${()=>_(e.id)}>
      ${b(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}<br /><span class="quiet">${e.assigned?`with ${e.assigned}`:"with nobody"} · ${t}${s} · raised ${a(e.raised_s)}</span></span>
    </button>
  </li>`}var ue=e=>n`<li>
  <button class="line ${e.severity}" @click=${()=>P(e.id)}>
    ${b(e.severity)}<span><span class="severity-word">${e.severity}</span> ${e.title}${e.notes.length?n`<br /><span class="quiet">${e.notes.at(-1).words}</span>`:r}</span>
  </button>
</li>`;function pe(){let e=F();return Date.now()>=e?"Sound in this browser: on":e===1/0?"Sound in this browser: off until someone switches it on":`Sound in this browser: off until ${a(e/1e3)}`}function me(e){let t=e.open.filter(s=>e.snoozed.includes(s.id));return n`<ul class="lines told" role="list">
    ${t.map(s=>n`<li>Snoozed until ${d(s.snoozed_until_s,l.clock_s())}: ${s.title}</li>`)}
    ${e.exclusions.map(s=>n`<li>Left out by ${s.by} at ${c(s.made_s)}, until someone takes it back: ${s.rule}, ${Object.values(s.names).join(" and ")}${s.here?`, within ${s.here.radius_nm} NM`:""}: ${s.words}</li>`)}
    ${Object.entries(e.kept_quiet).map(([s,o])=>n`<li>Quiet in port: ${s}, ${u(o)} only counted</li>`)}
    <li>${pe()}</li>
  </ul>`}function he(e){let{journal:t,clock_check:s}=e;return n`<ul class="lines told" role="list">
    ${e.feeds.map(o=>n`<li class=${J(o)?"":"alarm"}>Feed ${o.name||o.feed}: ${o.state.replace("_"," ")}, ${o.words}; last line ${d(o.last_s,l.clock_s())}</li>`)}
    <li class=${s.state==="wrong"?"alarm":""}>Clock: ${s.words}</li>
    <li class=${t.state==="failed"?"alarm":""}>Journal: ${t.words}; ${u(t.durable)} of ${u(t.records)} records safe</li>
    ${(t.copies??[]).map(o=>n`<li class=${o.state==="failing"||o.state==="forked"?"alarm":""}>Copy ${o.name}: ${o.state}, ${o.words}; ${u(o.behind)} behind</li>`)}
    ${e.webhook?n`<li class=${e.webhook.state==="failing"?"alarm":""}>Webhook to ${e.webhook.to}, from ${e.webhook.least} on: ${e.webhook.words}; ${u(e.webhook.unsent)} unsent</li>`:r}
    ${t.checkpoint?n`<li>Checkpoint: record ${u(t.checkpoint.record)}, ${t.checkpoint.words}</li>`:r}
  </ul>`}function $e(e){if(e.what==="report")return`${e.verb} reported, ${e.title}`;let t=e.what==="alert"?S[e.verb]??e.verb:e.verb;return`${e.what==="alert"?e.severity??"":e.what} · ${e.title}: ${t}`}var be=e=>n`<tr class=${e.what}>
  <td class="figures">${a(e.time_s)}</td>
  <td><strong>${$e(e)}</strong>${e.by?n` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function fe(e){return e.changes.length?n`<div class="scroll" tabindex="0" role="group" aria-label="What changed">
      <table class="sheet-table">
        <thead><tr><th scope="col">Time</th><th scope="col">What</th></tr></thead>
        <tbody>${[...e.changes].reverse().map(be)}</tbody>
      </table>
    </div>
    ${e.changes_left_out?n`<p class="quiet">${u(e.changes_left_out)} before these are not shown.</p>`:r}`:n`<p class="quiet">Nothing.</p>`}function ge(){g.want(`${w} ${R}`,`/api/handover?${H()}`,l.alerts.size);let e=g.held;return n`${x("hand-over of the watch",`Hand-over, ${c(l.clock_s())}`,"Close the hand-over")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The hand-over">
      <p class="buttons no-print">
        <a class="button" href="/api/handover.html?${H()}" target="_blank" rel="noopener">Sheet to print</a>
        <a class="button" href="/api/handover.html?${H()}&save=1">Save the sheet</a>
      </p>
      ${ce()}
      ${g.problem?n`<p class="problem" role="alert">${g.problem}</p>`:r}
      ${e?n`<h3>Open alerts: ${e.open.length}</h3>
            ${e.open.length?n`<ul class="lines" role="list">${e.open.map(de)}</ul>`:n`<p class="quiet">Nothing stands open.</p>`}
            <h3>Open incidents: ${e.incidents.length}</h3>
            ${e.incidents.length?n`<ul class="lines" role="list">${e.incidents.map(ue)}</ul>`:n`<p class="quiet">None.</p>`}
            <h3>Silenced: what comes back, and when</h3>
            ${me(e)}
            <h3>Guarded at the desk: ${e.guards.length}</h3>
            ${e.guards.length?n`<ul class="lines told" role="list">${e.guards.map(t=>n`<li>${t.name}: ${t.guard?"guarded":"not guarded"}${t.ring_nm===null?"":`, ring of ${t.ring_nm} NM`}, ${t.until_s===null?"until someone ends it":`until ${d(t.until_s,l.clock_s())}`}${t.words?`: ${t.words}`:""}</li>`)}</ul>`:n`<p class="quiet">None.</p>`}
            <h3>Feeds, clock, journal, webhook</h3>
            ${he(e)}
            <h3>What changed since ${c(e.since_s)}, newest first</h3>
            ${fe(e)}`:n`<p class="quiet">…</p>`}
    </div>`}function Z(){g.forget(),v=null}function q(e,t,s){let o=URL.createObjectURL(new Blob([s],{type:`${t};charset=utf-8`})),i=document.createElement("a");i.href=o,i.download=e,i.click(),setTimeout(()=>URL.revokeObjectURL(o),1e4)}var K=2e3,p=null,I=()=>document.querySelector("#warning-text");async function C(e,t){let s={of:e.id,parts:p?.parts??null,named:t,problem:null};p=s,l.changed();try{let o=await k(`/api/incidents/${encodeURIComponent(e.id)}/warning?named=${t?1:0}`);if(p!==s)return;s.parts=o;let i=I();i&&(i.value=o.text)}catch(o){s.problem=y(o)}l.changed()}var Q=e=>`warning-${e.number.replace(/\W+/g,"-")}`;function Y(e){let t=p?.parts,s=I()?.value;!t||s===void 0||(e==="txt"?q(`${Q(t)}.txt`,"text/plain",s):q(`${Q(t)}.json`,"application/json",JSON.stringify({...t,edited:s!==t.text,text:s},null,1)),l.say("Saved by this browser; nothing was sent"))}async function ve(e){let s=`Warning given out: ${(I()?.value.trim()??"").replace(/\s+/g," ")}`;await T(e.id,s.length>K?`${s.slice(0,K-1)}…`:s)}function we(e,t){return n`<div class="answer">
    <div class="field check">
      <input id="warning-named" type="checkbox" .checked=${t.named} @change=${s=>C(e,s.target.checked)} />
      <label for="warning-named">Name the ships (composes the text anew)</label>
    </div>
    <label for="warning-text">The text, yours to edit. Look it over: names that people typed in are masked only as ships send them</label>
    <textarea id="warning-text" rows="16" spellcheck="false" autocomplete="off" .defaultValue=${t.parts?.text??""}></textarea>
    <p class="problem" role="alert">${t.problem??r}</p>
    <div class="buttons">
      <button class="main" @click=${()=>U(I().value,"The warning is copied; nothing was sent")}>Copy</button>
      <button @click=${()=>Y("txt")}>Save as text</button>
      <button @click=${()=>Y("json")}>Save as JSON</button>
      <button @click=${()=>C(e,t.named)}>Compose anew</button>
      <button @click=${()=>ve(e)}>Note that it was given out</button>
    </div>
  </div>`}function X(e){let t=p?.of===e.id?p:null;return n`<h3 class="no-print">Warning to other ships</h3>
    <div class="no-print">
      ${t?.parts?we(e,t):n`<p class="quiet">A draft in the form that reporting centres use. Nothing is sent: you edit it, and copy or save it.</p>
            <p class="problem" role="alert">${t?.problem??r}</p>
            <button @click=${()=>C(e,!1)}>Compose a warning</button>`}
    </div>`}function ee(){p=null}var m=new h,L=null,W=e=>`/api/incidents/${encodeURIComponent(e.id)}`;function te(e,t,s,o){return s.length?n`<div class="scroll" tabindex="0" role="group" aria-label=${e}>
    <table class="sheet-table">
      <thead><tr>${t.map(i=>n`<th scope="col">${i}</th>`)}</tr></thead>
      <tbody>${s}</tbody>
    </table>
  </div>`:n`<p class="quiet">${o}</p>`}function ke(e){let t=e.lat_deg===null||e.lon_deg===null?"not known":M(e.lat_deg,e.lon_deg),s=e.length_m?`, ${e.length_m} × ${e.beam_m??"?"} m`:"";return n`<tr>
    <td><strong>${e.name}</strong><br />${e.kind??"kind not known"}${e.flag?`, ${e.flag}`:""}${s}</td>
    <td class="figures">${e.mmsi?`MMSI ${e.mmsi}`:"by radar only"}${e.imo?n`<br />IMO ${e.imo}`:r}${e.callsign?n`<br />${e.callsign}`:r}</td>
    <td class="figures">${t}<br />${d(e.heard_s,l.clock_s())}</td>
  </tr>`}function ye(e){return e.what==="report"?`${e.verb} reported, ${e.title}`:e.what==="note"||e.verb==="note"?`note${e.title?` on ${e.title}`:""}`:`${e.title}: ${S[e.verb]??e.verb}`}var _e=e=>n`<tr class=${e.what}>
  <td class="figures">${a(e.time_s)}</td>
  <td><strong>${ye(e)}</strong>${e.by?n` · ${e.by}`:r}<br />${e.words}</td>
</tr>`;function Te(e){return n`<details class="deeper">
    <summary>${e.severity}, ${e.state}: ${e.title} · ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
    <p>${e.reason}</p>
    <ul class="sentences" role="list">
      ${e.evidence.map(t=>n`<li>
          <p class="quiet figures">${a(t.time_s)} · ${t.record===null?"record not known":`record ${t.record}`}${t.station?` · heard by ${t.station}`:""}</p>
          <code>${t.sentence??"decoded input: no sentence was kept"}</code>
          ${t.blake2b?n`<p class="quiet hash">BLAKE2b <code>${t.blake2b}</code></p>`:r}
        </li>`)}
    </ul>
    <button class="small" @click=${()=>_(e.id,!0,!0)}>Open this alert</button>
  </details>`}var xe=()=>innerWidth>720?680:Math.min(680,Math.max(300,innerWidth-50));function ne(e,t,s){let o=`${W(e)}/${t}.svg?n=${m.times}&palette=`;return n`<div class="scroll" tabindex="0" role="group" aria-label=${t==="chart"?"Chart":"Time line"}>
      <img class="extract screen ${t}" alt=${s} src="${o}${l.palette}&wide=${xe()}" />
    </div>
    <img class="extract paper" alt="" loading="lazy" src="${o}day&wide=680" />`}async function Se(e){let t=document.querySelector("#incident-words"),s=t.value.trim();if(L=s?null:"Write the note first.",!s)return t.focus(),l.changed();await T(e.id,s)&&(t.value="")}function Re(e){return n`<h3>Notes of the watch: ${e.notes.length}</h3>
    <ul class="lines" role="list">
      ${e.notes.map(t=>n`<li class="told"><p class="quiet figures">${a(t.time_s)} · ${t.by??"desk"}</p><p>${t.words}</p></li>`)}
    </ul>
    <div class="answer decides">
      <label for="incident-words">A note for the record</label>
      <textarea id="incident-words" rows="2" maxlength="2000" autocomplete="off" aria-describedby="incident-problem"></textarea>
      <div class="inline by">
        <label for="incident-by">Your name</label>
        <input id="incident-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${j.name} @change=${t=>z(t.target.value)} />
        <button class="decides main" @click=${()=>Se(e)}>Write it down</button>
      </div>
      <p id="incident-problem" class="problem" role="alert">${L??r}</p>
    </div>`}var Ie=e=>n`<li class="told">
  <p class="quiet figures">${c(e.time_s)} · ${e.kind} · ${e.verified?"verified":"not verified"}${e.source?` · ${e.source}`:""}</p>
  <p>${e.words}</p>
</li>`;function We(e){m.want(e.id,W(e),e);let t=l.clock_s(),s=m.held?.incident.id===e.id?m.held:null,o=e.reports.map($=>l.reports.get($)).filter($=>$!==void 0),i=e.state!=="open";return n`${x(n`<span class="severity ${e.severity}">${b(e.severity)}<span class="severity-word">incident · ${i?e.state:e.severity}</span></span>`,e.title,"Close the page")}
    <div class="panel-body sheet-body" tabindex="0" role="group" aria-label="The incident">
      <p class="buttons no-print">
        <a class="button" href="${W(e)}/report.html" target="_blank" rel="noopener">Report to print</a>
        <a class="button" href="${W(e)}/report.html?save=1">Save the report</a>
        <button class="decides" @click=${()=>D()}>Type in a report (R)</button>
      </p>
      <dl class="facts">
        ${f("Began",n`<span class="figures">${d(e.start_s,t)}</span>`)}
        ${e.end_s===null?r:n`${f("Ended",n`<span class="figures">${d(e.end_s,t)}</span>`)}${f("Lasted",N(e.end_s-e.start_s))}`}
        ${f("Number",e.id)}
      </dl>
      ${B(e.lat_deg,e.lon_deg)}
      ${m.problem?n`<p class="problem" role="alert">${m.problem}</p>`:r}
      <h3>Chart</h3>
      ${ne(e,"chart","Chart of the incident: alerts, tracks of its ships, shore. The same is told in words below.")}
      <h3>Who can help</h3>
      ${i?n`<p class="quiet">Told only while an incident is open.</p>`:V(e.helpers)}
      <h3>Ships</h3>
      ${s?te("Ships",["Ship","Numbers","Last heard"],s.ships.map(ke),"None."):n`<p class="quiet">…</p>`}
      ${G(e.id,Re(e))}
      <h3>Reported</h3>
      ${o.length?n`<ul class="lines" role="list">${o.map(Ie)}</ul>`:n`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
      <h3>What happened, was said and was done</h3>
      ${ne(e,"timeline","Time line of the alerts, a row a ship. The same is told in words below.")}
      ${s?te("Course of events",["Time","What"],s.course.map(_e),"Nothing yet."):n`<p class="quiet">…</p>`}
      <h3>Alerts and their evidence</h3>
      ${s?.alerts.map(Te)}
      ${X(e)}
    </div>`}function se(){m.forget(),ee(),L=null}function dt(){Z(),se()}export{ge as handoverPage,We as incidentPage,dt as leave};
