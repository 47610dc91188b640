import{b as Y,c as G,g as Z}from"./part-chunk-S5IWBDN7.js";import{A as k,B as v,C as _,D as u,a as F,c as M,d as B,h as j,i as y,j as P,k as K,q as U,s as V,t as J,x as X,y as g,z as Q}from"./part-chunk-RMYE6B7E.js";import{d as x}from"./part-chunk-ILZK36OP.js";import{A as z,B as d,E as b,F as q,N as I,P as W,a as n,d as l,f as T,l as r,m as $,p as w,q as H,r as c,u as R,v as D,x as L,y as N,z as O}from"./part-chunk-WPKYSVMF.js";import{d as C}from"./part-chunk-FZGPW7OC.js";var ee=Y(class extends G{constructor(){super(...arguments),this.key=l}render(e,t){return this.key=e,t}update(e,[t,s]){return t!==this.key&&(Z(e),this.key=t),s}});var te=[["A","acknowledge","Acknowledge it"],["V","confirm","Confirm it: someone made sure"],["E","note","Enter a note"],["W","assign","Say who has it"],["S","snooze","Snooze it, or call it back"],["C","close","Close it: true, and done with"],["D","dismiss","Dismiss it: it was not true"],["U","reopen","Undo the closing: open it again"],["X","exclude","Never again: leave its ships out"]],se=e=>te.find(([,t])=>t===e)[0],Pe=e=>te.find(([t])=>t===e.toUpperCase())?.[1];var ie=5,ne=e=>e.ships.map(t=>r.nameOf(t,e.names)).join(" and ");function ye(e){let t=e.undone_s!==null;return n`<li class=${t?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${x(e.rule)} for ${ne(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${c(e.made_s,r.clock_s())}</span></p>
    ${t?n`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${c(e.undone_s,r.clock_s())}</span></p>`:n`<button class="small decides" @click=${()=>J(e.id)}>Undo<span class="unseen">: hear of ${ne(e)} again</span></button>`}
  </li>`}var oe=!1;function Ge(){let e=[...r.exclusions.values()].sort((s,o)=>+(s.undone_s!==null)-+(o.undone_s!==null)||o.made_s-s.made_s);if(!e.length)return l;let t=e.filter(s=>s.undone_s===null).length;return n`<details class="over exclusions" ?open=${oe} @toggle=${s=>{oe=s.target.open}}>
    <summary>Left out at the desk: ${t||"nothing any more"}</summary>
    <ul role="list">${e.map(ye)}</ul>
  </details>`}function A(e){let t=e.ships.filter(o=>o<4e9).slice(0,2),s=t.map(o=>[r.nameOf(o,e.names),[o]]);return t.length===2&&e.ships.length===2?[[`${s[0][0]} and ${s[1][0]} together`,t],...s]:s}var E=e=>e.detector!=="distress"&&A(e).length>0;async function re(e,t){let s=t();if(s===null)return!1;let o=Number(document.querySelector("#exclude-ships").value),i=document.querySelector("#exclude-here");return await V(e.id,A(e)[o][1],i?.checked?ie:null,s),!0}function le(e,t){return E(e)?n`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${x(e.detector)} for</label>
      <select id="exclude-ships">${A(e).map(([s],o)=>n`<option value=${o}>${s}</option>`)}</select>
    </div>
    ${e.lat_deg===null?l:n`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${ie} NM of here</label></div>`}
    <button class="small" @click=${t}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:l}var ke=[[5,"5 min"],[15,"15 min"],[30,"30 min"],[60,"1 h"],[240,"4 h"]],ve={dismiss:"Say in a few words why it is dismissed: the next watch will ask.",close:"Say in a few words why it is closed: the next watch will ask.",note:"Write the note first.",exclude:"Say in a few words why it is left out: the next watch will ask."},ae={note:"#alert-words",close:"#alert-words",dismiss:"#alert-words",exclude:"#alert-words",assign:"#alert-to",snooze:"#alert-minutes"},_e={note:"add the note",close:"close the alert",dismiss:"dismiss the alert",exclude:"leave out from now on"},h=null,f=null,S=()=>document.querySelector("#alert-words");function ce(e,t){let s=S()?.value.trim()??"",o=ve[t];return h=null,s||!o?s:(h={id:e.id,words:o},S()?.focus(),r.changed(),null)}async function p(e,t,s={}){let o=ce(e,t);if(o===null)return;let i=S(),a=document.activeElement,m=f;if(await U(e.id,t,{words:o,...s})){if(f===m&&(f=null),i&&i.value.trim()!==o)return r.changed();i&&(i.value=""),document.activeElement===a&&de(),r.changed()}}function de(){let e=document.activeElement;e instanceof Element&&e.closest(".answer")&&!(e instanceof HTMLButtonElement)&&document.querySelector("#panel h2")?.focus({preventScroll:!0})}function ue(){f=null,de(),r.changed()}function xe(e,t){return t==="acknowledge"?e.acknowledged_s===null?"":"This alert is acknowledged already":t==="confirm"?e.confirmed?"This alert is confirmed already":e.state==="withdrawn"?"This alert is withdrawn":"":t==="reopen"?e.closed_by_desk?"":"Only what a person closed, and what still goes on, can be opened again":t==="exclude"?E(e)?"":"This rule speaks of no ship that could be left out":t==="note"?"":t==="snooze"&&e.severity==="distress"?"A distress does not sleep":e.state==="open"?"":`This alert is ${e.state}`}function ct(e){let t=r.selection.alert===null?void 0:r.alerts.get(r.selection.alert);if(!t)return r.say(`Select an alert first, with J or K: then ${se(e)} answers it`);let s=xe(t,e);if(s)return r.say(s);if(e==="acknowledge"||e==="confirm"||e==="reopen")return void p(t,e);if(e==="snooze"&&t.snoozed_until_s!==null)return void p(t,"snooze",{minutes:0});(r.selection.ship!==null||r.reportOpen)&&y(t.id,!1,!0),f=ae[e]==="#alert-words"?{id:t.id,deed:e}:null,h=null,r.feedsOpen=!1,F(()=>{let o=document.querySelector("#panel .exclude");e==="exclude"&&o&&(o.open=!0);let i=document.querySelector(ae[e]);return i instanceof HTMLInputElement&&i.select(),i})}var pe=e=>p(e,"assign",{to:document.querySelector("#alert-to").value.trim()}),me=e=>p(e,"snooze",{minutes:Number(document.querySelector("#alert-minutes").value)}),fe=e=>re(e,()=>ce(e,"exclude")).then(t=>{t&&ue()});function Ae(e,t){let s=t.target;if(!(!(s instanceof HTMLElement)||!/^(INPUT|TEXTAREA|SELECT)$/.test(s.tagName)||t.isComposing)){if(t.key==="Escape")t.preventDefault(),h=null,ue();else if(t.key==="Enter"&&!t.shiftKey){if(s.id==="alert-by")return;let o=s.id==="alert-to"?"assign":s.id==="alert-minutes"?"snooze":f?.id===e.id?f.deed:null;if(!o)return;t.preventDefault(),o==="assign"?pe(e):o==="snooze"?me(e):o==="exclude"?fe(e):p(e,o)}}}function Ee(e){if(e.state!=="open")return l;let t=new Set([b.name,...[...r.alerts.values()].map(s=>s.assigned??"")].filter(Boolean));return n`<div class="field">
    <label for="alert-to">Assign to</label>
    <div class="inline">
      <input id="alert-to" type="text" autocomplete="off" maxlength="60" list="alert-names" value=${e.assigned??b.name} />
      <datalist id="alert-names">${[...t].map(s=>n`<option value=${s}></option>`)}</datalist>
      <button title="Assign (W)" @click=${()=>pe(e)}>Assign</button>
    </div>
  </div>`}function Se(e){return e.state!=="open"||e.severity==="distress"?l:e.snoozed_until_s!==null?n`<div class="inline snoozed">
      <span>Snoozed until <span class="figures">${$(e.snoozed_until_s)} · ${H(e.snoozed_until_s,r.clock_s())}</span></span>
      <button title="Back now (S)" @click=${()=>p(e,"snooze",{minutes:0})}>Back now</button>
    </div>`:n`<div class="field">
    <label for="alert-minutes">Snooze: it comes back by itself, and at once if it gets worse</label>
    <div class="inline">
      <select id="alert-minutes">${ke.map(([t,s])=>n`<option value=${t} ?selected=${t===30}>${s}</option>`)}</select>
      <button title="Snooze (S)" @click=${()=>me(e)}>Snooze</button>
    </div>
  </div>`}function he(e){if(I())return l;let t=e.state==="open",s=h?.id===e.id?h.words:null;return ee(e.id,n`<div class="answer" @keydown=${o=>Ae(e,o)}>
      <label for="alert-words">Words for the record${f?.id===e.id?n`<span class="begun"> · Enter: ${_e[f.deed]} · Esc: leave it</span>`:l}</label>
      <textarea id="alert-words" rows="2" autocomplete="off" aria-describedby="alert-problem"></textarea>
      <div class="inline by">
        <label for="alert-by">Your name</label>
        <input id="alert-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${b.name} ?readonly=${W()} @change=${o=>q(o.target.value)} />
      </div>
      <p id="alert-problem" class="problem" role="alert">${s??l}</p>
      <div class="buttons">
        <button class="main" ?disabled=${e.acknowledged_s!==null} @click=${()=>p(e,"acknowledge")}>
          ${e.acknowledged_s===null?"Acknowledge (A)":"Acknowledged"}
        </button>
        <button title="Someone made sure (V)" ?disabled=${e.confirmed||e.state==="withdrawn"} @click=${()=>p(e,"confirm")}>${e.confirmed?"Confirmed":"Confirm"}</button>
        <button title="Enter a note (E)" @click=${()=>p(e,"note")}>Note</button>
        ${e.closed_by_desk?n`<button title="Open again (U)" @click=${()=>p(e,"reopen")}>Open again</button>`:n`<button ?disabled=${!t} title="It was true, and is done with (C)" @click=${()=>p(e,"close")}>Close</button>`}
        <button ?disabled=${!t} title="It was not true (D)" @click=${()=>p(e,"dismiss")}>Dismiss</button>
      </div>
      ${Ee(e)} ${Se(e)} ${le(e,()=>fe(e))}
    </div>`)}var Te={raise:"raised",amend:"amended",end:"ended",withdraw:"withdrawn",acknowledge:"acknowledged",confirm:"confirmed",dismiss:"dismissed",assign:"assigned",snooze:"snoozed",wake:"back from the snooze",note:"note",close:"closed",over:"over",reopen:"opened again",restore:"no longer left out",exclude:"left out from now on",include:"exclusion taken back"};function Ce(e){let t=Object.entries(e);return t.length?n`<h4>Settings</h4>
    <dl class="facts figures">${t.map(([s,o])=>u(s,typeof o=="object"?JSON.stringify(o):String(o)))}</dl>`:l}function He(e){let{rule:t}=e;return n`<details class="deeper">
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
          ${Ce(t.settings??{})}
        </details>`:l}`}function Re(e){return n`<h3>History: ${e.history.length} ${e.history.length===1?"entry":"entries"}</h3>
    <ol class="history" role="list">
      ${e.history.map(t=>n`<li class=${t.by?"by-person":"by-rule"}>
          <span class="figures">${$(t.time_s)}</span> <strong>${Te[t.verb]??t.verb}</strong>${t.by?` · ${t.by}`:""}${t.words?`: ${t.words}`:""}
        </li>`)}
    </ol>`}function gt(e){let t=r.clock_s(),s=e.incident?r.incidents.get(e.incident):void 0,o=e.state==="open";return n`${k(n`<span class="severity ${e.severity}">${g(e.severity)}<span class="severity-word">${o?e.severity:`${e.state} · was ${e.severity}`}</span></span>`,e.title,"Close the alert")}
    <div class="panel-body">
      <p class="reason">${e.reason}</p>
      <dl class="facts">
        ${u("Raised",n`<span class="figures">${c(e.raised_s,t)}</span>`)}
        ${u("Began",n`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?l:u("Ended",n`<span class="figures">${c(e.end_s,t)}</span>`)}
        ${u("Assigned to",e.assigned)}
        ${e.acknowledged_s===null?l:u("Acknowledged",n`<span class="figures">${c(e.acknowledged_s,t)}</span>`)}
      </dl>
      ${v(e.lat_deg,e.lon_deg)} ${_(e.ships,e.names)}
      ${s?n`<p><button class="link" @click=${()=>P(s.id)}>Part of: ${s.title} ▸</button></p>`:l}
      ${he(e)} ${Re(e)}
      ${e.rule?n`<h3>When this is wrong</h3><p class="quiet">${e.rule.wrong}</p>`:l} ${He(e)}
    </div>`}var De=3600,Le={ok:"✓",connecting:"…",behind:"…",failing:"✕",forked:"✕"};function _t(e){if(!e)return{words:"no journal",ill:!1};if(e.state==="unwritten")return{words:"nothing is written",ill:!1};let t=e.copies??[],s=t.filter(m=>m.state==="ok").length,o=t.filter(m=>m.state==="failing"||m.state==="forked"),i=e.state==="failed"?"journal ✕ FAILED":t.length?"journal ✓":"journal ✓ on disk",a=t.length?` · ${o.length?`✕ copy ${o[0].state.toUpperCase()}, `:""}${s}/${t.length} ${t.length===1?"copy":"copies"}`:"";return{words:i+a,ill:e.state==="failed"||o.length>0}}function xt(){return(r.health?.journal?.copies??[]).filter(e=>e.state==="failing"||e.state==="forked").map(e=>n`<p class="banner ${e.state==="forked"?"bad":""}" role="status">✕ The copy ${e.name} ${e.state==="forked"?"has forked":"fails"}: ${e.words}</p>`)}function $e(e){let{journal:t}=e;if(!t)return l;if(t.state==="unwritten")return n`<h3>Journal</h3><p>This is a replay: nothing is written. What you acknowledge or report here is gone when it ends.</p>`;let s=t.copies??[];return n`<h3>Journal</h3>
    <p class=${t.state==="ok"?"":"warning"}>${t.state==="ok"?"✓":"✕ failed:"} ${t.words}</p>
    <p class="quiet figures">${d(t.durable)} of ${d(t.records)} records on disk · ${z(t.bytes)}</p>
    <ul class="copies" role="list">
      ${s.map(o=>n`<li class=${o.state==="failing"||o.state==="forked"?"warning":""}>
        ${Le[o.state]} <strong>${o.name}</strong> <span class="copy-state">${o.state}</span>
        <span class="quiet figures">${o.words}${o.behind?` · ${d(o.behind)} records behind`:""}</span>
      </li>`)}
    </ul>
    ${t.checkpoint?n`<p class="quiet figures">Checkpoint${t.checkpoint.made_s===null?"":` up to record ${d(t.checkpoint.record)}, ${c(t.checkpoint.made_s,e.now_s)}`}: ${t.checkpoint.words}</p>`:l}
    ${e.mode==="live"?Ne(e):l}`}function Ne(e){let s=`tankerwatch replay DIR --from ${new Date((e.clock_s-De)*1e3).toISOString().slice(0,16)}Z --listen 127.0.0.1:8421`;return n`<p class="quiet">The last hour as it was known then, on a page of its own beside this one (DIR is what was --data of the watch; nothing is written to it):</p>
    <p class="command"><code>${s}</code><button class="small" @click=${()=>X(s)}>Copy</button></p>`}var Ct=e=>e?.webhook?.state==="failing";function Ht(){let e=r.health?.webhook;return e?.state!=="failing"?l:n`<p class="banner" role="status">✕ ${d(e.unsent)} ${e.unsent===1?"alert has":"alerts have"} not reached the webhook ${e.to}: ${e.words}. Trying again…</p>`}function ge(e){let{webhook:t}=e;if(!t)return l;let s=t.state==="failing";return n`<h3>Webhook</h3>
    <p class=${s?"warning":""}>${s?"✕ fails:":"✓"} ${t.words}</p>
    <p class="quiet figures">
      to ${t.to}, ${t.least} and worse<br />${d(t.sent)} sent since the start, ${d(t.unsent)} unsent${s?n`<br />failing since ${c(t.failing_since_s,e.now_s)}`:l}
    </p>`}var be={live:"live",no_ships:"alive, but no ships",silent:"silent",dead:"dead",ended:"ended"},we=e=>e.state==="live"||e.state==="no_ships"||e.state==="ended";function Oe(e,t){return n`<li class="feed ${e.state}">
    <p class="feed-name"><strong>${e.name||e.feed}</strong> <span class="feed-state">${be[e.state]}</span></p>
    <p>${e.words}</p>
    <p class="quiet figures">
      ${N(e.messages_per_s)} · ${d(e.ships)} ships · ${d(e.stations)} ${e.stations===1?"station":"stations"}<br />last ${c(e.last_s,t)}<br />${d(e.lines)} lines, ${d(e.rejected)} refused
    </p>
  </li>`}function ze(e){let{clock_check:t,counters:s}=e,o=Object.entries(s?.rejected??{});return n`<div class="panel-head">
      <div class="panel-title"><p class="over">health</p><h2 tabindex="-1">Feeds and journal</h2></div>
      <button class="plain" @click=${()=>K()} aria-label="Close feeds" title="Close (Esc)">${Q("close")}</button>
    </div>
    <div class="panel-body" tabindex="0" role="group" aria-label="Feeds, journal, clock">
      <div class="buttons"><button @click=${()=>B()}>Hand over the watch (H)</button></div>
      <ul class="feeds" role="list">${e.feeds.map(i=>Oe(i,e.clock_s))}</ul>
      ${$e(e)} ${ge(e)}
      <h3>Clock</h3>
      ${t?n`<p class=${t.state==="wrong"?"warning":""}>${t.words}${t.offset_s===null?"":` (${t.offset_s.toFixed(1)} s)`}</p>`:l}
      <dl class="facts figures">
        ${u("Behind the feed",e.lag_s===null?null:`${e.lag_s.toFixed(1)} s`)} ${u("Messages",s?d(s.messages):null)}
        ${u("Lines",s?d(s.lines):null)} ${o.map(([i,a])=>u(`Refused: ${i.replaceAll("_"," ")}`,d(a)))}
        ${u("Version",e.version)}
      </dl>
    </div>`}function Wt(e){let t=r.feedsOpen&&r.health!==null;e.hidden=!t,T(t?ze(r.health):l,e)}function Ft(){let{health:e}=r;if(!e)return null;let t=e.feeds.filter(a=>!we(a));if(!t.length)return e.feeds.length>0&&e.feeds.every(m=>m.state==="no_ships")?{words:`${e.feeds.length===1?"The feed is":"All feeds are"} alive, but no ship is in ${e.feeds.length===1?"it":"them"}: look at the antenna.`,bad:!1}:null;let s=t.map(a=>{let m=a.last_s??a.since_s;return`${a.name||a.feed}: ${a.words||be[a.state]}${m?` (nothing for ${w(e.clock_s-m)})`:""}`}),o=t.length===e.feeds.length,i=e.feeds.filter(a=>we(a)).every(a=>a.state==="no_ships");return{words:`${o||i?"No ships are being received. What you see is old. ":"Not all feeds are heard. "}${s.join(" · ")}`,bad:o||i}}var qe=e=>typeof e=="number"?C[e]??"ship":e;function Ie(e){return e.length?n`<div class="scroll" tabindex="0" role="group" aria-label="Who can help, nearest in time first">
    <table class="helpers">
      <thead>
        <tr><th scope="col">Ship</th><th scope="col">Away</th><th scope="col">Bears</th><th scope="col">Takes</th></tr>
      </thead>
      <tbody>
        ${e.map(t=>n`<tr>
            <th scope="row">
              <button class="link" @click=${()=>j(t.mmsi)}>${t.name||String(t.mmsi)}</button>
              <span class="quiet">${qe(t.kind)} · best ${R(t.speed_kn)}</span>
            </th>
            <td class="figures">${L(t.distance_nm)}</td>
            <td class="figures">${D(t.bearing_deg)}</td>
            <td class="figures">${O(t.hours)}</td>
          </tr>`)}
      </tbody>
    </table>
  </div>`:n`<p class="quiet">No ship that could help is heard near by.</p>`}function Jt(e){let t=r.clock_s(),s=e.alerts.map(i=>r.alerts.get(i)).filter(i=>i!==void 0),o=e.reports.map(i=>r.reports.get(i)).filter(i=>i!==void 0);return n`${k(n`<span class="severity ${e.severity}">${g(e.severity)}<span class="severity-word">incident · ${e.severity}</span></span>`,e.title,"Close the incident")}
    <div class="panel-body">
      <dl class="facts">
        ${u("Began",n`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?l:n`${u("Ended",n`<span class="figures">${c(e.end_s,t)}</span>`)}${u("Lasted",w(e.end_s-e.start_s))}`}
      </dl>
      <div class="buttons"><button @click=${()=>M(e.id)}>Open its page (O)</button></div>
      ${v(e.lat_deg,e.lon_deg)} ${_(e.ships,e.names)}
      <h3>Who can help</h3>
      ${Ie(e.helpers)}
      ${e.notes.length?n`<h3>Newest note of ${e.notes.length}</h3><p class="told">${e.notes.at(-1).words}</p>`:l}
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
    </div>`}export{ee as a,te as b,Pe as c,Ge as d,ct as e,Te as f,gt as g,_t as h,xt as i,Ct as j,Ht as k,we as l,Wt as m,Ft as n,Ie as o,Jt as p};
