import{b as ce,c as de,g as ue}from"./part-chunk-LKJCGD7D.js";import{A as E,B as T,C as S,D as u,a as ee,c as te,d as se,h as ne,i as x,j as oe,k as ie,q as re,s as le,t as ae,y as $,z as A}from"./part-chunk-R6YLA3QU.js";import{d as H}from"./part-chunk-EPVBKNSL.js";import{F as i,G as _,H as Y,P as w,Q as G,R as X,Y as Z,Z as Q,a as o,d as l,f as z,g as h,h as v,j as B,k,l as F,m as L,n as c,q as M,r as W,t as P,u as j,v as U,w as K,x as d,z as V}from"./part-chunk-GLZBEX64.js";import{b as y,f as J}from"./part-chunk-CRXK43VX.js";var fe=3600,ze=5e3,N=!1,C=()=>i.hello?.mode==="live"&&!G()&&!w();async function R(e=i.clock_s()-fe){if(!N){if(i.hello?.mode!=="live")return i.say("This is the past already");if(w())return i.say("You are here to look: a watchkeeper looks back");N=!0,i.say(`Going back to ${B(e)} ${v(e)} …`);try{let{path:t}=await Z("/api/past",{from_s:e});if(!/^\/past\/[\w-]+\/$/.test(t))throw new Error(t);location.assign(t+location.hash)}catch(t){i.say(`The past is not shown: ${Q(t)}`,!0)}N=!1}}var he=()=>location.assign(`/${location.hash}`);function mt(){y?he():i.hello&&i.hello.mode!=="live"?i.say("This is a replay by itself: there is no live desk beside it"):R()}var ft=()=>y?o`<button class="main to-live" title="Back to live (B)" @click=${he}>${A("live")} Back to live</button>`:l;function Be(e){e.preventDefault();let t=document.querySelector("#past-from"),s=t.value.trim()?V(t.value,i.clock_s()):i.clock_s()-fe;if(s===null)return i.say("Write it as 14:30, or as 2019-06-13 14:30, UTC",!0);R(s>i.clock_s()?s-86400:s)}var $e=()=>o`<h3>The past</h3>
  <form class="field" @submit=${Be}>
    <label for="past-from">From when on, UTC; an hour ago where nothing is typed</label>
    <div class="inline">
      <input id="past-from" class="figures" type="text" maxlength="20" autocomplete="off" placeholder="14:30" />
      <button type="submit">Look back (B)</button>
    </div>
    <p class="quiet">As it was known then, on a page of its own that leads back here. The watch goes on, and what is urgent is told there too.</p>
  </form>`,pe=null,g=[],D=!1;async function me(){try{let e=await fetch("/api/alerts?over=1",{headers:{Accept:"application/json"}});if(!e.ok)throw new Error(String(e.status));let{alerts:t}=await e.json(),s=t.filter(n=>n.state==="open");pe??=new Map(s.map(n=>[n.id,h[n.severity]])),g=s.filter(n=>n.acknowledged_s===null&&h[n.severity]>=h.danger&&h[n.severity]>(pe.get(n.id)??-1)),g.sort((n,r)=>h[r.severity]-h[n.severity]||r.raised_s-n.raised_s),D=!1}catch{D=!0}i.changed()}function ht(){y&&(me(),setInterval(()=>{me()},ze))}var $t=()=>g[0]?.severity??null;function gt(){if(!y)return l;if(D)return o`<p class="banner bad" role="alert">✕ The live desk is not heard: what happens now is not known here</p>`;if(!g.length)return l;let[e]=g;return o`<button class="banner ${e.severity==="distress"?"distress loud":"bad"}" @click=${()=>location.assign(`/#alert=${encodeURIComponent(e.id)}`)}>
    ${$(e.severity)}<span><strong>NOW, LIVE:</strong> ${e.severity} · ${e.title}${g.length>1?` · and ${g.length-1} more`:""}</span>
  </button>`}var ge=ce(class extends de{constructor(){super(...arguments),this.key=l}render(e,t){return this.key=e,t}update(e,[t,s]){return t!==this.key&&(ue(e),this.key=t),s}});var we=[["A","acknowledge","Acknowledge it"],["V","confirm","Confirm it: someone made sure"],["E","note","Enter a note"],["W","assign","Say who has it"],["S","snooze","Snooze it, or call it back"],["C","close","Close it: true, and done with"],["D","dismiss","Dismiss it: it was not true"],["U","reopen","Undo the closing: open it again"],["X","exclude","Never again: leave its ships out"]],be=e=>we.find(([,t])=>t===e)[0],xt=e=>we.find(([t])=>t===e.toUpperCase())?.[1];var ke=5,ye=e=>e.ships.map(t=>i.nameOf(t,e.names)).join(" and ");function Fe(e){let t=e.undone_s!==null;return o`<li class=${t?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${H(e.rule)} for ${ye(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${c(e.made_s,i.clock_s())}</span></p>
    ${t?o`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${c(e.undone_s,i.clock_s())}</span></p>`:o`<button class="small decides" @click=${()=>ae(e.id)}>Undo<span class="unseen">: hear of ${ye(e)} again</span></button>`}
  </li>`}var ve=!1;function Lt(){let e=[...i.exclusions.values()].sort((s,n)=>+(s.undone_s!==null)-+(n.undone_s!==null)||n.made_s-s.made_s);if(!e.length)return l;let t=e.filter(s=>s.undone_s===null).length;return o`<details class="over exclusions" ?open=${ve} @toggle=${s=>{ve=s.target.open}}>
    <summary>Left out at the desk: ${t||"nothing any more"}</summary>
    <ul role="list">${e.map(Fe)}</ul>
  </details>`}function O(e){let t=e.ships.filter(n=>n<4e9).slice(0,2),s=t.map(n=>[i.nameOf(n,e.names),[n]]);return t.length===2&&e.ships.length===2?[[`${s[0][0]} and ${s[1][0]} together`,t],...s]:s}var I=e=>e.detector!=="distress"&&O(e).length>0;async function _e(e,t){let s=t();if(s===null)return!1;let n=Number(document.querySelector("#exclude-ships").value),r=document.querySelector("#exclude-here");return await le(e.id,O(e)[n][1],r?.checked?ke:null,s),!0}function xe(e,t){return I(e)?o`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${H(e.detector)} for</label>
      <select id="exclude-ships">${O(e).map(([s],n)=>o`<option value=${n}>${s}</option>`)}</select>
    </div>
    ${e.lat_deg===null?l:o`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${ke} NM of here</label></div>`}
    <button class="small" @click=${t}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:l}var Me=[[5,"5 min"],[15,"15 min"],[30,"30 min"],[60,"1 h"],[240,"4 h"]],We={dismiss:"Say in a few words why it is dismissed: the next watch will ask.",close:"Say in a few words why it is closed: the next watch will ask.",note:"Write the note first.",exclude:"Say in a few words why it is left out: the next watch will ask."},Ae={note:"#alert-words",close:"#alert-words",dismiss:"#alert-words",exclude:"#alert-words",assign:"#alert-to",snooze:"#alert-minutes"},Pe={note:"add the note",close:"close the alert",dismiss:"dismiss the alert",exclude:"leave out from now on"},b=null,f=null,q=()=>document.querySelector("#alert-words");function Ee(e,t){let s=q()?.value.trim()??"",n=We[t];return b=null,s||!n?s:(b={id:e.id,words:n},q()?.focus(),i.changed(),null)}async function p(e,t,s={}){let n=Ee(e,t);if(n===null)return;let r=q(),a=document.activeElement,m=f;if(await re(e.id,t,{words:n,...s})){if(f===m&&(f=null),r&&r.value.trim()!==n)return i.changed();r&&(r.value=""),document.activeElement===a&&Te(),i.changed()}}function Te(){let e=document.activeElement;e instanceof Element&&e.closest(".answer")&&!(e instanceof HTMLButtonElement)&&document.querySelector("#panel h2")?.focus({preventScroll:!0})}function Se(){f=null,Te(),i.changed()}function je(e,t){return t==="acknowledge"?e.acknowledged_s===null?"":"This alert is acknowledged already":t==="confirm"?e.confirmed?"This alert is confirmed already":e.state==="withdrawn"?"This alert is withdrawn":"":t==="reopen"?e.closed_by_desk?"":"Only what a person closed, and what still goes on, can be opened again":t==="exclude"?I(e)?"":"This rule speaks of no ship that could be left out":t==="note"?"":t==="snooze"&&e.severity==="distress"?"A distress does not sleep":e.state==="open"?"":`This alert is ${e.state}`}function Pt(e){let t=i.selection.alert===null?void 0:i.alerts.get(i.selection.alert);if(!t)return i.say(`Select an alert first, with J or K: then ${be(e)} answers it`);let s=je(t,e);if(s)return i.say(s);if(e==="acknowledge"||e==="confirm"||e==="reopen")return void p(t,e);if(e==="snooze"&&t.snoozed_until_s!==null)return void p(t,"snooze",{minutes:0});(i.selection.ship!==null||i.reportOpen)&&x(t.id,!1,!0),f=Ae[e]==="#alert-words"?{id:t.id,deed:e}:null,b=null,i.feedsOpen=!1,ee(()=>{let n=document.querySelector("#panel .exclude");e==="exclude"&&n&&(n.open=!0);let r=document.querySelector(Ae[e]);return r instanceof HTMLInputElement&&r.select(),r})}var Ce=e=>p(e,"assign",{to:document.querySelector("#alert-to").value.trim()}),Re=e=>p(e,"snooze",{minutes:Number(document.querySelector("#alert-minutes").value)}),Le=e=>_e(e,()=>Ee(e,"exclude")).then(t=>{t&&Se()});function Ue(e,t){let s=t.target;if(!(!(s instanceof HTMLElement)||!/^(INPUT|TEXTAREA|SELECT)$/.test(s.tagName)||t.isComposing)){if(t.key==="Escape")t.preventDefault(),b=null,Se();else if(t.key==="Enter"&&!t.shiftKey){if(s.id==="alert-by")return;let n=s.id==="alert-to"?"assign":s.id==="alert-minutes"?"snooze":f?.id===e.id?f.deed:null;if(!n)return;t.preventDefault(),n==="assign"?Ce(e):n==="snooze"?Re(e):n==="exclude"?Le(e):p(e,n)}}}function Ke(e){if(e.state!=="open")return l;let t=new Set([_.name,...[...i.alerts.values()].map(s=>s.assigned??"")].filter(Boolean));return o`<div class="field">
    <label for="alert-to">Assign to</label>
    <div class="inline">
      <input id="alert-to" type="text" autocomplete="off" maxlength="60" list="alert-names" value=${e.assigned??_.name} />
      <datalist id="alert-names">${[...t].map(s=>o`<option value=${s}></option>`)}</datalist>
      <button title="Assign (W)" @click=${()=>Ce(e)}>Assign</button>
    </div>
  </div>`}function Ve(e){return e.state!=="open"||e.severity==="distress"?l:e.snoozed_until_s!==null?o`<div class="inline snoozed">
      <span>Snoozed until <span class="figures">${v(e.snoozed_until_s)} · ${F(e.snoozed_until_s,i.clock_s())}</span></span>
      <button title="Back now (S)" @click=${()=>p(e,"snooze",{minutes:0})}>Back now</button>
    </div>`:o`<div class="field">
    <label for="alert-minutes">Snooze: it comes back by itself, and at once if it gets worse</label>
    <div class="inline">
      <select id="alert-minutes">${Me.map(([t,s])=>o`<option value=${t} ?selected=${t===30}>${s}</option>`)}</select>
      <button title="Snooze (S)" @click=${()=>Re(e)}>Snooze</button>
    </div>
  </div>`}function He(e){return w()?l:o`<div class="buttons">
    <button class="main" ?disabled=${e.acknowledged_s!==null} @click=${()=>p(e,"acknowledge")}>
      ${e.acknowledged_s===null?"Acknowledge (A)":"Acknowledged"}
    </button>
  </div>`}function Ne(e){if(w())return l;let t=e.state==="open",s=b?.id===e.id?b.words:null;return ge(e.id,o`<div class="answer" @keydown=${n=>Ue(e,n)}>
      <label for="alert-words">Words for the record${f?.id===e.id?o`<span class="begun"> · Enter: ${Pe[f.deed]} · Esc: leave it</span>`:l}</label>
      <textarea id="alert-words" rows="2" autocomplete="off" aria-describedby="alert-problem"></textarea>
      <div class="inline by">
        <label for="alert-by">Your name</label>
        <input id="alert-by" type="text" autocomplete="off" maxlength="60" placeholder="desk" value=${_.name} ?readonly=${X()} @change=${n=>Y(n.target.value)} />
      </div>
      <p id="alert-problem" class="problem" role="alert">${s??l}</p>
      <div class="buttons">
        <button title="Someone made sure (V)" ?disabled=${e.confirmed||e.state==="withdrawn"} @click=${()=>p(e,"confirm")}>${e.confirmed?"Confirmed":"Confirm"}</button>
        <button title="Enter a note (E)" @click=${()=>p(e,"note")}>Note</button>
        ${e.closed_by_desk?o`<button title="Open again (U)" @click=${()=>p(e,"reopen")}>Open again</button>`:o`<button ?disabled=${!t} title="It was true, and is done with (C)" @click=${()=>p(e,"close")}>Close</button>`}
        <button ?disabled=${!t} title="It was not true (D)" @click=${()=>p(e,"dismiss")}>Dismiss</button>
      </div>
      ${Ke(e)} ${Ve(e)} ${xe(e,()=>Le(e))}
    </div>`)}var Je=600,Ye={raise:"raised",amend:"amended",end:"ended",withdraw:"withdrawn",acknowledge:"acknowledged",confirm:"confirmed",dismiss:"dismissed",assign:"assigned",snooze:"snoozed",wake:"back from the snooze",note:"note",close:"closed",over:"over",reopen:"opened again",restore:"no longer left out",exclude:"left out from now on",include:"exclusion taken back"};function Ge(e){let t=Object.entries(e);return t.length?o`<h4>Settings</h4>
    <dl class="facts figures">${t.map(([s,n])=>u(s,typeof n=="object"?JSON.stringify(n):String(n)))}</dl>`:l}function Xe(e){let{rule:t}=e;return o`<details class="deeper">
      <summary>Evidence: ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
      <ul class="sentences" role="list">
        ${e.evidence.map(s=>o`<li>
            <p class="quiet">
              <span class="figures">${L(s.time_s,i.clock_s())}</span>${s.feed?` · ${s.feed}`:""}${s.station?` · heard by ${s.station}`:""}${s.source_row===null?"":` · line ${s.source_row}`}
            </p>
            <code>${s.sentence??"decoded input: no sentence was kept"}</code>
          </li>`)}
      </ul>
    </details>
    ${t?o`<details class="deeper">
          <summary>Rule: ${t.id}, version ${t.version} · score ${e.score===null?"not known":e.score.toFixed(2)}</summary>
          <p>${t.what}</p>
          <p class="quiet">${t.why}</p>
          ${Ge(t.settings??{})}
        </details>`:l}`}function Ze(e){return o`<h3>History: ${e.history.length} ${e.history.length===1?"entry":"entries"}</h3>
    <ol class="history" role="list">
      ${e.history.map(t=>o`<li class=${t.by?"by-person":"by-rule"}>
          <span class="figures">${L(t.time_s,i.clock_s())}</span> <strong>${Ye[t.verb]??t.verb}</strong>${t.by?` · ${t.by}`:""}${t.words?`: ${t.words}`:""}
        </li>`)}
    </ol>`}function Zt(e){let t=i.clock_s(),s=e.incident?i.incidents.get(e.incident):void 0,n=e.state==="open";return o`${E(o`<span class="severity ${e.severity}">${$(e.severity)}<span class="severity-word">${n?e.severity:`${e.state} · was ${e.severity}`}</span></span>`,e.title,"Close the alert")}
    <div class="panel-body">
      <p class="reason">${e.reason}</p>
      ${He(e)}
      ${C()?o`<p class="buttons"><button title="What was known before and after, on a page of its own" @click=${()=>R(e.start_s-Je)}>Look back to it</button></p>`:l}
      <dl class="facts">
        ${u("Raised",o`<span class="figures">${c(e.raised_s,t)}</span>`)}
        ${u("Began",o`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?l:u("Ended",o`<span class="figures">${c(e.end_s,t)}</span>`)}
        ${u("Assigned to",e.assigned)}
        ${e.acknowledged_s===null?l:u("Acknowledged",o`<span class="figures">${c(e.acknowledged_s,t)}</span>`)}
      </dl>
      ${e.ships.length||e.lat_deg!==null?T(e.lat_deg,e.lon_deg):l} ${S(e.ships,e.names)}
      ${s?o`<p><button class="link" @click=${()=>oe(s.id)}>Part of: ${s.title} ▸</button></p>`:l}
      ${Ne(e)} ${Ze(e)}
      ${e.rule?o`<h3>When this is wrong</h3><p class="quiet">${e.rule.wrong}</p>`:l} ${Xe(e)}
    </div>`}var Qe={ok:"✓",connecting:"…",behind:"…",failing:"✕",forked:"✕"};function ns(e){if(!e)return{words:"no journal",ill:!1};if(e.state==="unwritten")return{words:"nothing is written",ill:!1};let t=e.copies??[],s=t.filter(m=>m.state==="ok").length,n=t.filter(m=>m.state==="failing"||m.state==="forked"),r=e.state==="failed"?"journal ✕ FAILED":t.length?"journal ✓":"journal ✓ on disk",a=t.length?` · ${n.length?`✕ copy ${n[0].state.toUpperCase()}, `:""}${s}/${t.length} ${t.length===1?"copy":"copies"}`:"";return{words:r+a,ill:e.state==="failed"||n.length>0}}function os(){return(i.health?.journal?.copies??[]).filter(e=>e.state==="failing"||e.state==="forked").map(e=>o`<p class="banner ${e.state==="forked"?"bad":""}" role="status">✕ The copy ${e.name} ${e.state==="forked"?"has forked":"fails"}: ${e.words}</p>`)}function De(e){let{journal:t}=e;if(!t)return l;if(t.state==="unwritten")return o`<h3>Journal</h3><p>This is a replay: nothing is written. What you acknowledge or report here is gone when it ends.</p>`;let s=t.copies??[];return o`<h3>Journal</h3>
    <p class=${t.state==="ok"?"":"warning"}>${t.state==="ok"?"✓":"✕ failed:"} ${t.words}</p>
    <p class="quiet figures">${d(t.durable)} of ${d(t.records)} records on disk · ${K(t.bytes)}</p>
    <ul class="copies" role="list">
      ${s.map(n=>o`<li class=${n.state==="failing"||n.state==="forked"?"warning":""}>
        ${Qe[n.state]} <strong>${n.name}</strong> <span class="copy-state">${n.state}</span>
        <span class="quiet figures">${n.words}${n.behind?` · ${d(n.behind)} records behind`:""}</span>
      </li>`)}
    </ul>
    ${t.checkpoint?o`<p class="quiet figures">Checkpoint${t.checkpoint.made_s===null?"":` up to record ${d(t.checkpoint.record)}, ${c(t.checkpoint.made_s,e.now_s)}`}: ${t.checkpoint.words}</p>`:l}`}var cs=e=>e?.webhook?.state==="failing";function ds(){let e=i.health?.webhook;return e?.state!=="failing"?l:o`<p class="banner" role="status">✕ ${d(e.unsent)} ${e.unsent===1?"alert has":"alerts have"} not reached the webhook ${e.to}: ${e.words}. Trying again…</p>`}function Oe(e){let{webhook:t}=e;if(!t)return l;let s=t.state==="failing";return o`<h3>Webhook</h3>
    <p class=${s?"warning":""}>${s?"✕ fails:":"✓"} ${t.words}</p>
    <p class="quiet figures">
      to ${t.to}, ${t.least} and worse<br />${d(t.sent)} sent since the start, ${d(t.unsent)} unsent${s?o`<br />failing since ${c(t.failing_since_s,e.now_s)}`:l}
    </p>`}var qe={live:"live",no_ships:"alive, but no ships",silent:"silent",dead:"dead",ended:"ended"},Ie=e=>e.state==="live"||e.state==="no_ships"||e.state==="ended";function et(e,t){return o`<li class="feed ${e.state}">
    <p class="feed-name"><strong>${e.name||e.feed}</strong> <span class="feed-state">${qe[e.state]}</span></p>
    ${e.state==="live"?l:o`<p>${e.words}</p>`}
    <p class="quiet figures">
      ${j(e.messages_per_s)} · ${d(e.ships)} ships · ${d(e.stations)} ${e.stations===1?"station":"stations"}<br />last ${c(e.last_s,t)}<br />${d(e.lines)} lines, ${d(e.rejected)} refused
    </p>
  </li>`}function tt(e){let{clock_check:t,counters:s}=e,n=Object.entries(s?.rejected??{});return o`<div class="panel-head">
      <div class="panel-title"><p class="over">health</p><h2 tabindex="-1">Feeds and journal</h2></div>
      <button class="plain" @click=${()=>ie()} aria-label="Close feeds" title="Close (Esc)">${A("close")}</button>
    </div>
    <div class="panel-body" tabindex="0" role="group" aria-label="Feeds, journal, clock">
      <div class="buttons"><button @click=${()=>se()}>Hand over the watch (H)</button></div>
      <ul class="feeds" role="list">${e.feeds.map(r=>et(r,e.clock_s))}</ul>
      ${C()?$e():l} ${De(e)} ${Oe(e)}
      <h3>Clock</h3>
      ${t?o`<p class=${t.state==="wrong"?"warning":""}>${t.words}${t.offset_s===null||Math.abs(t.offset_s)>=600?"":` (${t.offset_s.toFixed(1)} s)`}</p>`:l}
      <dl class="facts figures">
        ${u("Behind the feed",e.lag_s===null?null:`${e.lag_s.toFixed(1)} s`)} ${u("Messages",s?d(s.messages):null)}
        ${u("Lines",s?d(s.lines):null)} ${n.map(([r,a])=>u(`Refused: ${r.replaceAll("_"," ")}`,d(a)))}
        ${u("Version",e.version)}
      </dl>
    </div>`}function ys(e){let t=i.feedsOpen&&i.health!==null;e.hidden=!t,z(t?tt(i.health):l,e)}var st=()=>i.fleet.present?"No ships are being received. What you see is old. ":"No ship has been received yet. ";function vs(){let{health:e}=i;if(!e)return null;let t=e.feeds.filter(a=>!Ie(a));if(!t.length)return e.feeds.length>0&&e.feeds.every(m=>m.state==="no_ships")?{words:`${e.feeds.length===1?"The feed is":"All feeds are"} alive, but no ship is in ${e.feeds.length===1?"it":"them"}: look at the antenna.`,bad:!1}:null;let s=t.map(a=>{let m=a.last_s??a.since_s;return`${a.name||a.feed}: ${a.words||qe[a.state]}${m&&a.state!=="silent"?` (nothing for ${k(e.clock_s-m)})`:""}`}),n=t.length===e.feeds.length,r=e.feeds.filter(a=>Ie(a)).every(a=>a.state==="no_ships");return{words:`${n||r?st():"Not all feeds are heard. "}${s.join(" · ")}`,bad:n||r}}var nt=e=>typeof e=="number"?J[e]??"ship":e;function ot(e){return e.length?o`<div class="scroll" tabindex="0" role="group" aria-label="Who can help, nearest in time first">
    <table class="helpers">
      <thead>
        <tr><th scope="col">Ship</th><th scope="col">Away</th><th scope="col">Bears</th><th scope="col">Takes</th></tr>
      </thead>
      <tbody>
        ${e.map(t=>o`<tr>
            <th scope="row">
              <button class="link" @click=${()=>ne(t.mmsi)}>${t.name||String(t.mmsi)}</button>
              <span class="quiet">${nt(t.kind)} · best ${M(t.speed_kn)}</span>
            </th>
            <td class="figures">${P(t.distance_nm)}</td>
            <td class="figures">${W(t.bearing_deg)}</td>
            <td class="figures">${U(t.hours)}</td>
          </tr>`)}
      </tbody>
    </table>
  </div>`:o`<p class="quiet">No ship that could help is heard near by.</p>`}function Cs(e){let t=i.clock_s(),s=e.alerts.map(r=>i.alerts.get(r)).filter(r=>r!==void 0),n=e.reports.map(r=>i.reports.get(r)).filter(r=>r!==void 0);return o`${E(o`<span class="severity ${e.severity}">${$(e.severity)}<span class="severity-word">incident · ${e.severity}</span></span>`,e.title,"Close the incident")}
    <div class="panel-body">
      <dl class="facts">
        ${u("Began",o`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?l:o`${u("Ended",o`<span class="figures">${c(e.end_s,t)}</span>`)}${u("Lasted",k(e.end_s-e.start_s))}`}
      </dl>
      <div class="buttons"><button @click=${()=>te(e.id)}>Open its page (O)</button></div>
      ${T(e.lat_deg,e.lon_deg)} ${S(e.ships,e.names)}
      <h3>Who can help</h3>
      ${ot(e.helpers)}
      ${e.notes.length?o`<h3>Newest note of ${e.notes.length}</h3><p class="told">${e.notes.at(-1).words}</p>`:l}
      <h3>Alerts</h3>
      <ul class="lines" role="list">
        ${s.map(r=>o`<li>
            <button class="line ${r.severity} ${r.state}" @click=${()=>x(r.id,!0,!0)}>
              ${$(r.severity)}<span><span class="severity-word">${r.severity}${r.state==="open"?"":`, ${r.state}`}</span> ${r.title}</span>
            </button>
          </li>`)}
      </ul>
      <h3>Reported</h3>
      ${n.length?o`<ul class="lines" role="list">
            ${n.map(r=>o`<li class="told">
                <p class="quiet"><span class="figures">${c(r.time_s,t)}</span> · ${r.kind} · ${r.verified?"verified":"not verified"}${r.source?` · ${r.source}`:""}</p>
                <p>${r.words}</p>
              </li>`)}
          </ul>`:o`<p class="quiet">Nothing yet. Press R to type in what you hear.</p>`}
    </div>`}export{mt as a,ft as b,ht as c,$t as d,gt as e,ge as f,we as g,xt as h,Lt as i,Pt as j,Ye as k,Zt as l,ns as m,os as n,cs as o,ds as p,Ie as q,ys as r,vs as s,ot as t,Cs as u};
