import{b as Y,c as G,g as Z}from"./part-chunk-QVVUVB7C.js";import{A as v,B as _,C as u,b as M,c as B,g as j,h as y,i as P,j as K,p as U,r as V,s as J,w as X,x as g,y as Q,z as k}from"./part-chunk-CUAAPC7W.js";import{d as x}from"./part-chunk-RM6KWQ5Q.js";import{A as q,B as d,E as b,F as I,N as F,P as W,a as n,d as r,f as C,l,m as $,p as w,q as R,r as c,u as D,v as L,x as N,y as O,z}from"./part-chunk-77BGQO7Z.js";import{d as H}from"./part-chunk-FZGPW7OC.js";var ee=Y(class extends G{constructor(){super(...arguments),this.key=r}render(e,t){return this.key=e,t}update(e,[t,s]){return t!==this.key&&(Z(e),this.key=t),s}});var te=[["A","acknowledge","Acknowledge it"],["V","confirm","Confirm it: someone made sure"],["E","note","Enter a note"],["W","assign","Say who has it"],["S","snooze","Snooze it, or call it back"],["C","close","Close it: true, and done with"],["D","dismiss","Dismiss it: it was not true"],["U","reopen","Undo the closing: open it again"],["X","exclude","Never again: leave its ships out"]],se=e=>te.find(([,t])=>t===e)[0],Be=e=>te.find(([t])=>t===e.toUpperCase())?.[1];var ie=5,ne=e=>e.ships.map(t=>l.nameOf(t,e.names)).join(" and ");function we(e){let t=e.undone_s!==null;return n`<li class=${t?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${x(e.rule)} for ${ne(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${c(e.made_s,l.clock_s())}</span></p>
    ${t?n`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${c(e.undone_s,l.clock_s())}</span></p>`:n`<button class="small decides" @click=${()=>J(e.id)}>Undo<span class="unseen">: hear of ${ne(e)} again</span></button>`}
  </li>`}var oe=!1;function Xe(){let e=[...l.exclusions.values()].sort((s,o)=>+(s.undone_s!==null)-+(o.undone_s!==null)||o.made_s-s.made_s);if(!e.length)return r;let t=e.filter(s=>s.undone_s===null).length;return n`<details class="over exclusions" ?open=${oe} @toggle=${s=>{oe=s.target.open}}>
    <summary>Left out at the desk: ${t||"nothing any more"}</summary>
    <ul role="list">${e.map(we)}</ul>
  </details>`}function A(e){let t=e.ships.filter(o=>o<4e9).slice(0,2),s=t.map(o=>[l.nameOf(o,e.names),[o]]);return t.length===2&&e.ships.length===2?[[`${s[0][0]} and ${s[1][0]} together`,t],...s]:s}var E=e=>e.detector!=="distress"&&A(e).length>0;async function le(e,t){let s=t();if(s===null)return!1;let o=Number(document.querySelector("#exclude-ships").value),i=document.querySelector("#exclude-here");return await V(e.id,A(e)[o][1],i?.checked?ie:null,s),!0}function re(e,t){return E(e)?n`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${x(e.detector)} for</label>
      <select id="exclude-ships">${A(e).map(([s],o)=>n`<option value=${o}>${s}</option>`)}</select>
    </div>
    ${e.lat_deg===null?r:n`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${ie} NM of here</label></div>`}
    <button class="small" @click=${t}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:r}var be=[[5,"5 min"],[15,"15 min"],[30,"30 min"],[60,"1 h"],[240,"4 h"]],ye={dismiss:"Say in a few words why it is dismissed: the next watch will ask.",close:"Say in a few words why it is closed: the next watch will ask.",note:"Write the note first.",exclude:"Say in a few words why it is left out: the next watch will ask."},ae={note:"#alert-words",close:"#alert-words",dismiss:"#alert-words",exclude:"#alert-words",assign:"#alert-to",snooze:"#alert-minutes"},ke={note:"add the note",close:"close the alert",dismiss:"dismiss the alert",exclude:"leave out from now on"},f=null,h=null,S=()=>document.querySelector("#alert-words");function ce(e,t){let s=S()?.value.trim()??"",o=ye[t];return f=null,s||!o?s:(f={id:e.id,words:o},S()?.focus(),l.changed(),null)}async function p(e,t,s={}){let o=ce(e,t);if(o===null)return;let i=await U(e.id,t,{words:o,...s}),a=S();i&&a&&(a.value=""),i&&T()}function T(){h=null;let e=document.activeElement;e instanceof Element&&e.closest(".answer")&&!(e instanceof HTMLButtonElement)&&document.querySelector("#panel h2")?.focus({preventScroll:!0}),l.changed()}function ve(e,t){return t==="acknowledge"?e.acknowledged_s===null?"":"This alert is acknowledged already":t==="confirm"?e.confirmed?"This alert is confirmed already":e.state==="withdrawn"?"This alert is withdrawn":"":t==="reopen"?e.closed_by_desk?"":"Only what a person closed, and what still goes on, can be opened again":t==="exclude"?E(e)?"":"This rule speaks of no ship that could be left out":t==="note"?"":t==="snooze"&&e.severity==="distress"?"A distress does not sleep":e.state==="open"?"":`This alert is ${e.state}`}function lt(e){let t=l.selection.alert===null?void 0:l.alerts.get(l.selection.alert);if(!t)return l.say(`Select an alert first, with J or K: then ${se(e)} answers it`);let s=ve(t,e);if(s)return l.say(s);if(e==="acknowledge"||e==="confirm"||e==="reopen")return void p(t,e);if(e==="snooze"&&t.snoozed_until_s!==null)return void p(t,"snooze",{minutes:0});(l.selection.ship!==null||l.reportOpen)&&y(t.id,!1,!0),h=ae[e]==="#alert-words"?{id:t.id,deed:e}:null,f=null,l.feedsOpen=!1,l.changed(),setTimeout(()=>{e==="exclude"&&(document.querySelector("#panel .exclude").open=!0);let o=document.querySelector(ae[e]);o?.focus(),o instanceof HTMLInputElement&&o.select()},40)}var de=e=>p(e,"assign",{to:document.querySelector("#alert-to").value.trim()}),ue=e=>p(e,"snooze",{minutes:Number(document.querySelector("#alert-minutes").value)}),pe=e=>le(e,()=>ce(e,"exclude")).then(t=>{t&&T()});function _e(e,t){let s=t.target;if(!(!(s instanceof HTMLElement)||!/^(INPUT|TEXTAREA|SELECT)$/.test(s.tagName)||t.isComposing)){if(t.key==="Escape")t.preventDefault(),f=null,T();else if(t.key==="Enter"&&!t.shiftKey){if(s.id==="alert-by")return;let o=s.id==="alert-to"?"assign":s.id==="alert-minutes"?"snooze":h?.id===e.id?h.deed:null;if(!o)return;t.preventDefault(),o==="assign"?de(e):o==="snooze"?ue(e):o==="exclude"?pe(e):p(e,o)}}}function xe(e){if(e.state!=="open")return r;let t=new Set([b.name,...[...l.alerts.values()].map(s=>s.assigned??"")].filter(Boolean));return n`<div class="field">
    <label for="alert-to">Assign to</label>
    <div class="inline">
      <input id="alert-to" type="text" autocomplete="off" maxlength="60" list="alert-names" value=${e.assigned??b.name} />
      <datalist id="alert-names">${[...t].map(s=>n`<option value=${s}></option>`)}</datalist>
      <button title="Assign (W)" @click=${()=>de(e)}>Assign</button>
    </div>
  </div>`}function Ae(e){return e.state!=="open"||e.severity==="distress"?r:e.snoozed_until_s!==null?n`<div class="inline snoozed">
      <span>Snoozed until <span class="figures">${$(e.snoozed_until_s)} · ${R(e.snoozed_until_s,l.clock_s())}</span></span>
      <button title="Back now (S)" @click=${()=>p(e,"snooze",{minutes:0})}>Back now</button>
    </div>`:n`<div class="field">
    <label for="alert-minutes">Snooze: it comes back by itself, and at once if it gets worse</label>
    <div class="inline">
      <select id="alert-minutes">${be.map(([t,s])=>n`<option value=${t} ?selected=${t===30}>${s}</option>`)}</select>
      <button title="Snooze (S)" @click=${()=>ue(e)}>Snooze</button>
    </div>
  </div>`}function me(e){if(F())return r;let t=e.state==="open",s=f?.id===e.id?f.words:null;return ee(e.id,n`<div class="answer" @keydown=${o=>_e(e,o)}>
      <label for="alert-words">Words for the record${h?.id===e.id?n`<span class="begun"> · Enter: ${ke[h.deed]} · Esc: leave it</span>`:r}</label>
      <textarea id="alert-words" rows="2" autocomplete="off" aria-describedby="alert-problem"></textarea>
      <div class="inline by">
        <label for="alert-by">Your name</label>
        <input id="alert-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${b.name} ?readonly=${W()} @change=${o=>I(o.target.value)} />
      </div>
      <p id="alert-problem" class="problem" role="alert">${s??r}</p>
      <div class="buttons">
        <button class="main" ?disabled=${e.acknowledged_s!==null} @click=${()=>p(e,"acknowledge")}>
          ${e.acknowledged_s===null?"Acknowledge (A)":"Acknowledged"}
        </button>
        <button title="Someone made sure (V)" ?disabled=${e.confirmed||e.state==="withdrawn"} @click=${()=>p(e,"confirm")}>${e.confirmed?"Confirmed":"Confirm"}</button>
        <button title="Enter a note (E)" @click=${()=>p(e,"note")}>Note</button>
        ${e.closed_by_desk?n`<button title="Open again (U)" @click=${()=>p(e,"reopen")}>Open again</button>`:n`<button ?disabled=${!t} title="It was true, and is done with (C)" @click=${()=>p(e,"close")}>Close</button>`}
        <button ?disabled=${!t} title="It was not true (D)" @click=${()=>p(e,"dismiss")}>Dismiss</button>
      </div>
      ${xe(e)} ${Ae(e)} ${re(e,()=>pe(e))}
    </div>`)}var Ee={raise:"raised",amend:"amended",end:"ended",withdraw:"withdrawn",acknowledge:"acknowledged",confirm:"confirmed",dismiss:"dismissed",assign:"assigned",snooze:"snoozed",wake:"back from the snooze",note:"note",close:"closed",over:"over",reopen:"opened again",restore:"no longer left out",exclude:"left out from now on",include:"exclusion taken back"};function Se(e){let t=Object.entries(e);return t.length?n`<h4>Settings</h4>
    <dl class="facts figures">${t.map(([s,o])=>u(s,typeof o=="object"?JSON.stringify(o):String(o)))}</dl>`:r}function Te(e){let{rule:t}=e;return n`<details class="deeper">
      <summary>Evidence: ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
      <ul class="sentences" role="list">
        ${e.evidence.map(s=>n`<li>
            <p class="quiet">
              <span class="figures">${$(s.time_s)}</span>${s.feed?` · ${s.feed}`:""}${s.station?` · heard by ${s.station}`:""}${s.source_row===null?"":` · line ${s.source_row}`}
            </p>
            <code>${s.sentence??"decoded input: no sentence was kept"}</code>
          </li>`)}
      </ul>
    </details>
    ${t?n`<details class="deeper">
          <summary>Rule: ${t.id}, version ${t.version} · score ${e.score===null?"not known":e.score.toFixed(2)}</summary>
          <p>${t.what}</p>
          <p class="quiet">${t.why}</p>
          ${Se(t.settings??{})}
        </details>`:r}`}function Ce(e){return n`<h3>History: ${e.history.length} ${e.history.length===1?"entry":"entries"}</h3>
    <ol class="history" role="list">
      ${e.history.map(t=>n`<li class=${t.by?"by-person":"by-rule"}>
          <span class="figures">${$(t.time_s)}</span> <strong>${Ee[t.verb]??t.verb}</strong>${t.by?` · ${t.by}`:""}${t.words?`: ${t.words}`:""}
        </li>`)}
    </ol>`}function ft(e){let t=l.clock_s(),s=e.incident?l.incidents.get(e.incident):void 0,o=e.state==="open";return n`${k(n`<span class="severity ${e.severity}">${g(e.severity)}<span class="severity-word">${o?e.severity:`${e.state} · was ${e.severity}`}</span></span>`,e.title,"Close the alert")}
    <div class="panel-body">
      <p class="reason">${e.reason}</p>
      <dl class="facts">
        ${u("Raised",n`<span class="figures">${c(e.raised_s,t)}</span>`)}
        ${u("Began",n`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?r:u("Ended",n`<span class="figures">${c(e.end_s,t)}</span>`)}
        ${u("Assigned to",e.assigned)}
        ${e.acknowledged_s===null?r:u("Acknowledged",n`<span class="figures">${c(e.acknowledged_s,t)}</span>`)}
      </dl>
      ${v(e.lat_deg,e.lon_deg)} ${_(e.ships,e.names)}
      ${s?n`<p><button class="link" @click=${()=>P(s.id)}>Part of: ${s.title} ▸</button></p>`:r}
      ${me(e)} ${Ce(e)}
      ${e.rule?n`<h3>When this is wrong</h3><p class="quiet">${e.rule.wrong}</p>`:r} ${Te(e)}
    </div>`}var He=3600,Re={ok:"✓",connecting:"…",behind:"…",failing:"✕",forked:"✕"};function yt(e){if(!e)return{words:"no journal",ill:!1};if(e.state==="unwritten")return{words:"nothing is written",ill:!1};let t=e.copies??[],s=t.filter(m=>m.state==="ok").length,o=t.filter(m=>m.state==="failing"||m.state==="forked"),i=e.state==="failed"?"journal ✕ FAILED":t.length?"journal ✓":"journal ✓ on disk",a=t.length?` · ${o.length?`✕ copy ${o[0].state.toUpperCase()}, `:""}${s}/${t.length} ${t.length===1?"copy":"copies"}`:"";return{words:i+a,ill:e.state==="failed"||o.length>0}}function kt(){return(l.health?.journal?.copies??[]).filter(e=>e.state==="failing"||e.state==="forked").map(e=>n`<p class="banner ${e.state==="forked"?"bad":""}" role="status">✕ The copy ${e.name} ${e.state==="forked"?"has forked":"fails"}: ${e.words}</p>`)}function fe(e){let{journal:t}=e;if(!t)return r;if(t.state==="unwritten")return n`<h3>Journal</h3><p>This is a replay: nothing is written. What you acknowledge or report here is gone when it ends.</p>`;let s=t.copies??[];return n`<h3>Journal</h3>
    <p class=${t.state==="ok"?"":"warning"}>${t.state==="ok"?"✓":"✕ failed:"} ${t.words}</p>
    <p class="quiet figures">${d(t.durable)} of ${d(t.records)} records on disk · ${q(t.bytes)}</p>
    <ul class="copies" role="list">
      ${s.map(o=>n`<li class=${o.state==="failing"||o.state==="forked"?"warning":""}>
        ${Re[o.state]} <strong>${o.name}</strong> <span class="copy-state">${o.state}</span>
        <span class="quiet figures">${o.words}${o.behind?` · ${d(o.behind)} records behind`:""}</span>
      </li>`)}
    </ul>
    ${t.checkpoint?n`<p class="quiet figures">Checkpoint${t.checkpoint.made_s===null?"":` up to record ${d(t.checkpoint.record)}, ${c(t.checkpoint.made_s,e.now_s)}`}: ${t.checkpoint.words}</p>`:r}
    ${e.mode==="live"?De(e):r}`}function De(e){let s=`tankerwatch replay DIR --from ${new Date((e.clock_s-He)*1e3).toISOString().slice(0,16)}Z --listen 127.0.0.1:8421`;return n`<p class="quiet">The last hour as it was known then, on a page of its own beside this one (DIR is what was --data of the watch; nothing is written to it):</p>
    <p class="command"><code>${s}</code><button class="small" @click=${()=>X(s)}>Copy</button></p>`}var Et=e=>e?.webhook?.state==="failing";function St(){let e=l.health?.webhook;return e?.state!=="failing"?r:n`<p class="banner" role="status">✕ ${d(e.unsent)} ${e.unsent===1?"alert has":"alerts have"} not reached the webhook ${e.to}: ${e.words}. Trying again…</p>`}function he(e){let{webhook:t}=e;if(!t)return r;let s=t.state==="failing";return n`<h3>Webhook</h3>
    <p class=${s?"warning":""}>${s?"✕ fails:":"✓"} ${t.words}</p>
    <p class="quiet figures">
      to ${t.to}, ${t.least} and worse<br />${d(t.sent)} sent since the start, ${d(t.unsent)} unsent${s?n`<br />failing since ${c(t.failing_since_s,e.now_s)}`:r}
    </p>`}var ge={live:"live",no_ships:"alive, but no ships",silent:"silent",dead:"dead",ended:"ended"},$e=e=>e.state==="live"||e.state==="no_ships"||e.state==="ended";function Le(e,t){return n`<li class="feed ${e.state}">
    <p class="feed-name"><strong>${e.name||e.feed}</strong> <span class="feed-state">${ge[e.state]}</span></p>
    <p>${e.words}</p>
    <p class="quiet figures">
      ${O(e.messages_per_s)} · ${d(e.ships)} ships · ${d(e.stations)} ${e.stations===1?"station":"stations"}<br />last ${c(e.last_s,t)}<br />${d(e.lines)} lines, ${d(e.rejected)} refused
    </p>
  </li>`}function Ne(e){let{clock_check:t,counters:s}=e,o=Object.entries(s?.rejected??{});return n`<div class="panel-head">
      <div class="panel-title"><p class="over">health</p><h2 tabindex="-1">Feeds and journal</h2></div>
      <button class="plain" @click=${()=>K()} aria-label="Close feeds" title="Close (Esc)">${Q("close")}</button>
    </div>
    <div class="panel-body" tabindex="0" role="group" aria-label="Feeds, journal, clock">
      <div class="buttons"><button @click=${()=>B()}>Hand over the watch (H)</button></div>
      <ul class="feeds" role="list">${e.feeds.map(i=>Le(i,e.clock_s))}</ul>
      ${fe(e)} ${he(e)}
      <h3>Clock</h3>
      ${t?n`<p class=${t.state==="wrong"?"warning":""}>${t.words}${t.offset_s===null?"":` (${t.offset_s.toFixed(1)} s)`}</p>`:r}
      <dl class="facts figures">
        ${u("Behind the feed",e.lag_s===null?null:`${e.lag_s.toFixed(1)} s`)} ${u("Messages",s?d(s.messages):null)}
        ${u("Lines",s?d(s.lines):null)} ${o.map(([i,a])=>u(`Refused: ${i.replaceAll("_"," ")}`,d(a)))}
        ${u("Version",e.version)}
      </dl>
    </div>`}function zt(e){let t=l.feedsOpen&&l.health!==null;e.hidden=!t,C(t?Ne(l.health):r,e)}function qt(){let{health:e}=l;if(!e)return null;let t=e.feeds.filter(a=>!$e(a));if(!t.length)return e.feeds.length>0&&e.feeds.every(m=>m.state==="no_ships")?{words:`${e.feeds.length===1?"The feed is":"All feeds are"} alive, but no ship is in ${e.feeds.length===1?"it":"them"}: look at the antenna.`,bad:!1}:null;let s=t.map(a=>{let m=a.last_s??a.since_s;return`${a.name||a.feed}: ${a.words||ge[a.state]}${m?` (nothing for ${w(e.clock_s-m)})`:""}`}),o=t.length===e.feeds.length,i=e.feeds.filter(a=>$e(a)).every(a=>a.state==="no_ships");return{words:`${o||i?"No ships are being received. What you see is old. ":"Not all feeds are heard. "}${s.join(" · ")}`,bad:o||i}}var Oe=e=>typeof e=="number"?H[e]??"ship":e;function ze(e){return e.length?n`<div class="scroll" tabindex="0" role="group" aria-label="Who can help, nearest in time first">
    <table class="helpers">
      <thead>
        <tr><th scope="col">Ship</th><th scope="col">Away</th><th scope="col">Bears</th><th scope="col">Takes</th></tr>
      </thead>
      <tbody>
        ${e.map(t=>n`<tr>
            <th scope="row">
              <button class="link" @click=${()=>j(t.mmsi)}>${t.name||String(t.mmsi)}</button>
              <span class="quiet">${Oe(t.kind)} · best ${D(t.speed_kn)}</span>
            </th>
            <td class="figures">${N(t.distance_nm)}</td>
            <td class="figures">${L(t.bearing_deg)}</td>
            <td class="figures">${z(t.hours)}</td>
          </tr>`)}
      </tbody>
    </table>
  </div>`:n`<p class="quiet">No ship that could help is heard near by.</p>`}function Kt(e){let t=l.clock_s(),s=e.alerts.map(i=>l.alerts.get(i)).filter(i=>i!==void 0),o=e.reports.map(i=>l.reports.get(i)).filter(i=>i!==void 0);return n`${k(n`<span class="severity ${e.severity}">${g(e.severity)}<span class="severity-word">incident · ${e.severity}</span></span>`,e.title,"Close the incident")}
    <div class="panel-body">
      <dl class="facts">
        ${u("Began",n`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?r:n`${u("Ended",n`<span class="figures">${c(e.end_s,t)}</span>`)}${u("Lasted",w(e.end_s-e.start_s))}`}
      </dl>
      <div class="buttons"><button @click=${()=>M(e.id)}>Open its page (O)</button></div>
      ${v(e.lat_deg,e.lon_deg)} ${_(e.ships,e.names)}
      <h3>Who can help</h3>
      ${ze(e.helpers)}
      ${e.notes.length?n`<h3>Newest note of ${e.notes.length}</h3><p class="told">${e.notes.at(-1).words}</p>`:r}
      <h3>Alerts</h3>
      <ul class="lines" role="list">
        ${s.map(i=>n`<li>
            <button class="line ${i.severity}" @click=${()=>y(i.id,!0,!0)}>
              ${g(i.severity)}<span><span class="severity-word">${i.severity}${i.state==="open"?"":`, ${i.state}`}</span> ${i.title}</span>
            </button>
          </li>`)}
      </ul>
      <h3>Reported</h3>
      ${o.length?n`<ul class="lines" role="list">
            ${o.map(i=>n`<li class="told">
                <p class="quiet"><span class="figures">${c(i.time_s,t)}</span> · ${i.kind} · ${i.verified?"verified":"not verified"}${i.source?` · ${i.source}`:""}</p>
                <p>${i.words}</p>
              </li>`)}
          </ul>`:n`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
    </div>`}export{ee as a,te as b,Be as c,Xe as d,lt as e,Ee as f,ft as g,yt as h,kt as i,Et as j,St as k,$e as l,zt as m,qt as n,ze as o,Kt as p};
