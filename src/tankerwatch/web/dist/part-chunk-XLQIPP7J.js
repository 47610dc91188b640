import{b as de,c as ue,g as pe}from"./part-chunk-MNEIHHPI.js";import{A as E,B as A,C as S,D as u,a as te,c as se,d as ne,h as oe,i as _,j as ie,k as re,q as le,s as ae,t as ce,y as g,z as x}from"./part-chunk-3GJMLR4R.js";import{d as N}from"./part-chunk-Y5QJQPEW.js";import{a as T,d as fe}from"./part-chunk-A7HJH2ZB.js";import{A as J,G as i,H,Q as G,S as $,T as X,Z,a as o,aa as Q,ba as ee,d as l,da as me,f as I,g as h,h as v,j as M,k,l as B,m as R,n as c,q as W,r as P,t as j,u as U,v as K,w as V,x as d}from"./part-chunk-E72P3U2A.js";import{b as y,f as Y}from"./part-chunk-CRXK43VX.js";var ge=3600,Me=5e3,O=!1,C=()=>i.hello?.mode==="live"&&!X()&&!$();async function L(e=i.clock_s()-ge){if(!O){if(i.hello?.mode!=="live")return i.say("This is the past already");if($())return i.say("You are here to look: a watchkeeper looks back");O=!0,i.say(`Going back to ${M(e)} ${v(e)} …`);try{let{path:t}=await Q("/api/past",{from_s:e});if(!/^\/past\/[\w-]+\/$/.test(t))throw new Error(t);location.assign(t+location.hash)}catch(t){i.say(`The past is not shown: ${ee(t)}`,!0)}O=!1}}var we=()=>location.assign(`/${location.hash}`);function ht(){y?we():i.hello&&i.hello.mode!=="live"?i.say("This is a replay by itself: there is no live desk beside it"):L()}var $t=()=>y?o`<button class="main to-live" title="Back to live (B)" @click=${we}>${x("live")} Back to live</button>`:l;function Be(e){e.preventDefault();let t=document.querySelector("#past-from"),s=t.value.trim()?J(t.value,i.clock_s()):i.clock_s()-ge;if(s===null)return i.say("Write it as 14:30, or as 2019-06-13 14:30, UTC",!0);L(s)}var be=()=>o`<h3>The past</h3>
  <form class="field" @submit=${Be}>
    <label for="past-from">From when on, UTC; an hour ago where nothing is typed</label>
    <div class="inline">
      <input id="past-from" class="figures" type="text" maxlength="20" autocomplete="off" placeholder="14:30" />
      <button type="submit">Look back (B)</button>
    </div>
    <p class="quiet">As it was known then, on a page of its own that leads back here. The watch goes on, and what is urgent is told there too.</p>
  </form>`,he=null,w=[],D=!1;async function $e(){try{let e=await fetch("/api/alerts?over=1",{headers:{Accept:"application/json"}});if(!e.ok)throw new Error(String(e.status));let{alerts:t}=await e.json(),s=t.filter(n=>n.state==="open");he??=new Map(s.map(n=>[n.id,h[n.severity]])),w=s.filter(n=>n.acknowledged_s===null&&h[n.severity]>=h.danger&&h[n.severity]>(he.get(n.id)??-1)),w.sort((n,r)=>h[r.severity]-h[n.severity]||r.raised_s-n.raised_s),D=!1}catch{D=!0}i.changed()}function gt(){y&&($e(),setInterval(()=>{$e()},Me))}var wt=()=>w[0]?.severity??null;function bt(){if(!y)return l;if(D)return o`<p class="banner bad" role="alert">✕ The live desk is not heard: what happens now is not known here</p>`;if(!w.length)return l;let[e]=w;return o`<button class="banner ${e.severity==="distress"?"distress loud":"bad"}" @click=${()=>location.assign(`/#alert=${encodeURIComponent(e.id)}`)}>
    ${g(e.severity)}<span><strong>NOW, LIVE:</strong> ${e.severity} · ${e.title}${w.length>1?` · and ${w.length-1} more`:""}</span>
  </button>`}var ye=de(class extends ue{constructor(){super(...arguments),this.key=l}render(e,t){return this.key=e,t}update(e,[t,s]){return t!==this.key&&(pe(e),this.key=t),s}});var ve=[["A","acknowledge","Acknowledge it"],["V","confirm","Confirm it: someone made sure"],["E","note","Enter a note"],["W","assign","Say who has it"],["S","snooze","Snooze it, or call it back"],["C","close","Close it: true, and done with"],["D","dismiss","Dismiss it: it was not true"],["U","reopen","Undo the closing: open it again"],["X","exclude","Never again: leave its ships out"]],ke=e=>ve.find(([,t])=>t===e)[0],At=e=>ve.find(([t])=>t===e.toUpperCase())?.[1];var xe=5,_e=e=>e.ships.map(t=>i.nameOf(t,e.names)).join(" and ");function We(e){let t=e.undone_s!==null;return o`<li class=${t?"exclusion undone":"exclusion"} data-exclusion-id=${e.id}>
    <p class="exclusion-words">Never ${N(e.rule)} for ${_e(e)}${e.here?` within ${e.here.radius_nm} NM of a place`:""}</p>
    <p class="quiet">${e.words} · ${e.by} · <span class="figures">${c(e.made_s,i.clock_s())}</span></p>
    ${t?o`<p class="quiet">taken back by ${e.undone_by??"desk"} · <span class="figures">${c(e.undone_s,i.clock_s())}</span></p>`:o`<button class="small decides" @click=${()=>ce(e.id)}>Undo<span class="unseen">: hear of ${_e(e)} again</span></button>`}
  </li>`}function Dt(){let e=[...i.exclusions.values()].sort((s,n)=>+(s.undone_s!==null)-+(n.undone_s!==null)||n.made_s-s.made_s);if(!e.length)return l;let t=e.filter(s=>s.undone_s===null).length;return o`<details class="over exclusions" ?open=${T.exclusions.shown} @toggle=${s=>{T.exclusions.shown=s.target.open}}>
    <summary>Left out at the desk: ${t||"nothing any more"}</summary>
    <ul role="list">${e.map(We)}</ul>
    ${me(T.exclusions)}
  </details>`}function q(e){let t=e.ships.filter(n=>n<4e9).slice(0,2),s=t.map(n=>[i.nameOf(n,e.names),[n]]);return t.length===2&&e.ships.length===2?[[`${s[0][0]} and ${s[1][0]} together`,t],...s]:s}var z=e=>e.detector!=="distress"&&q(e).length>0;async function Ee(e,t){let s=t();if(s===null)return!1;let n=Number(document.querySelector("#exclude-ships").value),r=document.querySelector("#exclude-here");return await ae(e.id,q(e)[n][1],r?.checked?xe:null,s),!0}function Ae(e,t){return z(e)?o`<details class="deeper exclude">
    <summary title="Never again (X)">Never again…</summary>
    <div class="field">
      <label for="exclude-ships">Never ${N(e.detector)} for</label>
      <select id="exclude-ships">${q(e).map(([s],n)=>o`<option value=${n}>${s}</option>`)}</select>
    </div>
    ${e.lat_deg===null?l:o`<div class="field check"><input id="exclude-here" type="checkbox" checked /><label for="exclude-here">only within ${xe} NM of here</label></div>`}
    <button class="small" @click=${t}>Leave out from now on</button>
    <p class="quiet">With the words above. It can be undone below the list of alerts.</p>
  </details>`:l}var Pe=[[5,"5 min"],[15,"15 min"],[30,"30 min"],[60,"1 h"],[240,"4 h"]],je={dismiss:"Say in a few words why it is dismissed: the next watch will ask.",close:"Say in a few words why it is closed: the next watch will ask.",note:"Write the note first.",exclude:"Say in a few words why it is left out: the next watch will ask."},Se={note:"#alert-words",close:"#alert-words",dismiss:"#alert-words",exclude:"#alert-words",assign:"#alert-to",snooze:"#alert-minutes"},Ue={note:"add the note",close:"close the alert",dismiss:"dismiss the alert",exclude:"leave out from now on"},b=null,f=null,F=()=>document.querySelector("#alert-words");function Te(e,t){let s=F()?.value.trim()??"",n=je[t];return b=null,s||!n?s:(b={id:e.id,words:n},F()?.focus(),i.changed(),null)}async function p(e,t,s={}){let n=Te(e,t);if(n===null)return;let r=F(),a=document.activeElement,m=f;if(await le(e.id,t,{words:n,...s})){if(f===m&&(f=null),r&&r.value.trim()!==n)return i.changed();r&&(r.value=""),document.activeElement===a&&Ce(),i.changed()}}function Ce(){let e=document.activeElement;e instanceof Element&&e.closest(".answer")&&!(e instanceof HTMLButtonElement)&&document.querySelector("#panel h2")?.focus({preventScroll:!0})}function Le(){f=null,Ce(),i.changed()}function Ke(e,t){return t==="acknowledge"?e.acknowledged_s===null?"":"This alert is acknowledged already":t==="confirm"?e.confirmed?"This alert is confirmed already":e.state==="withdrawn"?"This alert is withdrawn":"":t==="reopen"?e.closed_by_desk?"":"Only what a person closed, and what still goes on, can be opened again":t==="exclude"?z(e)?"":"This rule speaks of no ship that could be left out":t==="note"?"":t==="snooze"&&e.severity==="distress"?"A distress does not sleep":e.state==="open"?"":`This alert is ${e.state}`}function Jt(e){let t=i.selection.alert===null?void 0:i.alerts.get(i.selection.alert);if(!t)return i.say(`Select an alert first, with J or K: then ${ke(e)} answers it`);let s=$()?G:Ke(t,e);if(s)return i.say(s);if(e==="acknowledge"||e==="confirm"||e==="reopen")return void p(t,e);if(e==="snooze"&&t.snoozed_until_s!==null)return void p(t,"snooze",{minutes:0});(i.selection.ship!==null||i.reportOpen)&&_(t.id,!1,!0),f=Se[e]==="#alert-words"?{id:t.id,deed:e}:null,b=null,i.feedsOpen=!1;let n=()=>{let r=document.querySelector("#panel .exclude");e==="exclude"&&r&&(r.open=!0);let a=document.querySelector(Se[e]);return a instanceof HTMLInputElement&&a!==document.activeElement&&a.select(),a};document.querySelector("#panel").dataset.shows===`alert ${t.id}`&&n()?.focus(),te(n)}var Re=e=>p(e,"assign",{to:document.querySelector("#alert-to").value.trim()}),He=e=>p(e,"snooze",{minutes:Number(document.querySelector("#alert-minutes").value)}),Ne=e=>Ee(e,()=>Te(e,"exclude")).then(t=>{t&&Le()});function Ve(e,t){let s=t.target;if(!(!(s instanceof HTMLElement)||!/^(INPUT|TEXTAREA|SELECT)$/.test(s.tagName)||t.isComposing)){if(t.key==="Escape")t.preventDefault(),b=null,Le();else if(t.key==="Enter"&&!t.shiftKey){if(s.id==="alert-by")return;let n=s.id==="alert-to"?"assign":s.id==="alert-minutes"?"snooze":f?.id===e.id?f.deed:null;if(!n)return;t.preventDefault(),n==="assign"?Re(e):n==="snooze"?He(e):n==="exclude"?Ne(e):p(e,n)}}}function Je(e){if(e.state!=="open")return l;let t=new Set([H.name,...[...i.alerts.values()].map(s=>s.assigned??"")].filter(Boolean));return o`<div class="field">
    <label for="alert-to">Assign to</label>
    <div class="inline">
      <input id="alert-to" type="text" autocomplete="off" maxlength="60" list="alert-names" value=${e.assigned??H.name} />
      <datalist id="alert-names">${[...t].map(s=>o`<option value=${s}></option>`)}</datalist>
      <button title="Assign (W)" @click=${()=>Re(e)}>Assign</button>
    </div>
  </div>`}function Ye(e){return e.state!=="open"||e.severity==="distress"?l:e.snoozed_until_s!==null?o`<div class="inline snoozed">
      <span>Snoozed until <span class="figures">${v(e.snoozed_until_s)} · ${B(e.snoozed_until_s,i.clock_s())}</span></span>
      <button title="Back now (S)" @click=${()=>p(e,"snooze",{minutes:0})}>Back now</button>
    </div>`:o`<div class="field">
    <label for="alert-minutes">Snooze: it comes back by itself, and at once if it gets worse</label>
    <div class="inline">
      <select id="alert-minutes">${Pe.map(([t,s])=>o`<option value=${t} ?selected=${t===30}>${s}</option>`)}</select>
      <button title="Snooze (S)" @click=${()=>He(e)}>Snooze</button>
    </div>
  </div>`}function Oe(e){return $()?l:o`<div class="buttons">
    <button class="main" ?disabled=${e.acknowledged_s!==null} @click=${()=>p(e,"acknowledge")}>
      ${e.acknowledged_s===null?"Acknowledge (A)":"Acknowledged"}
    </button>
  </div>`}function De(e){if($())return l;let t=e.state==="open",s=b?.id===e.id?b.words:null;return ye(e.id,o`<div class="answer" @keydown=${n=>Ve(e,n)}>
      <label for="alert-words">Words for the record${f?.id===e.id?o`<span class="begun"> · Enter: ${Ue[f.deed]} · Esc: leave it</span>`:l}</label>
      <textarea id="alert-words" rows="2" autocomplete="off" aria-describedby="alert-problem"></textarea>
      <div class="inline by">
        ${fe("alert-by")}
      </div>
      <p id="alert-problem" class="problem" role="alert">${s??l}</p>
      <div class="buttons">
        <button title="Someone made sure (V)" ?disabled=${e.confirmed||e.state==="withdrawn"} @click=${()=>p(e,"confirm")}>${e.confirmed?"Confirmed":"Confirm"}</button>
        <button title="Enter a note (E)" @click=${()=>p(e,"note")}>Note</button>
        ${e.closed_by_desk?o`<button title="Open again (U)" @click=${()=>p(e,"reopen")}>Open again</button>`:o`<button ?disabled=${!t} title="It was true, and is done with (C)" @click=${()=>p(e,"close")}>Close</button>`}
        <button ?disabled=${!t} title="It was not true (D)" @click=${()=>p(e,"dismiss")}>Dismiss</button>
      </div>
      ${Je(e)} ${Ye(e)} ${Ae(e,()=>Ne(e))}
    </div>`)}var Ge=600,Xe={raise:"raised",amend:"amended",end:"ended",withdraw:"withdrawn",acknowledge:"acknowledged",confirm:"confirmed",dismiss:"dismissed",assign:"assigned",snooze:"snoozed",wake:"back from the snooze",note:"note",close:"closed",over:"over",reopen:"opened again",restore:"no longer left out",exclude:"left out from now on",include:"exclusion taken back"};function Ze(e){let t=Object.entries(e);return t.length?o`<h4>Settings</h4>
    <dl class="facts figures">${t.map(([s,n])=>u(s,typeof n=="object"?JSON.stringify(n):String(n)))}</dl>`:l}function Qe(e){let{rule:t}=e;return o`<details class="deeper">
      <summary>Evidence: ${e.evidence.length} ${e.evidence.length===1?"sentence":"sentences"}</summary>
      <ul class="sentences" role="list">
        ${e.evidence.map(s=>o`<li>
            <p class="quiet">
              <span class="figures">${R(s.time_s,i.clock_s())}</span>${s.feed?` · ${s.feed}`:""}${s.station?` · heard by ${s.station}`:""}${s.source_row===null?"":` · line ${s.source_row}`}
            </p>
            <code>${s.sentence??"decoded input: no sentence was kept"}</code>
          </li>`)}
      </ul>
    </details>
    ${t?o`<details class="deeper">
          <summary>Rule: ${t.id}, version ${t.version} · score ${e.score===null?"not known":e.score.toFixed(2)}</summary>
          <p>${t.what}</p>
          <p class="quiet">${t.why}</p>
          ${Ze(t.settings??{})}
        </details>`:l}`}function et(e){return o`<h3>History: ${e.history.length} ${e.history.length===1?"entry":"entries"}</h3>
    <ol class="history" role="list">
      ${e.history.map(t=>o`<li class=${t.by?"by-person":"by-rule"}>
          <span class="figures">${R(t.time_s,i.clock_s())}</span> <strong>${Xe[t.verb]??t.verb}</strong>${t.by?` · ${t.by}`:""}${t.words?`: ${t.words}`:""}
        </li>`)}
    </ol>`}function ns(e){let t=i.clock_s(),s=e.incident?i.incidents.get(e.incident):void 0,n=e.state==="open";return o`${E(o`<span class="severity ${e.severity}">${g(e.severity)}<span class="severity-word">${n?e.severity:`${e.state} · was ${e.severity}`}</span></span>`,e.title,"Close the alert")}
    <div class="panel-body">
      <p class="reason">${e.reason}</p>
      ${Oe(e)}
      ${C()?o`<p class="buttons"><button title="What was known before and after, on a page of its own" @click=${()=>L(e.start_s-Ge)}>Look back to it</button></p>`:l}
      <dl class="facts">
        ${u("Raised",o`<span class="figures">${c(e.raised_s,t)}</span>`)}
        ${u("Began",o`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?l:u("Ended",o`<span class="figures">${c(e.end_s,t)}</span>`)}
        ${u("Assigned to",e.assigned)}
        ${e.acknowledged_s===null?l:u("Acknowledged",o`<span class="figures">${c(e.acknowledged_s,t)}</span>`)}
      </dl>
      ${e.ships.length||e.lat_deg!==null?A(e.lat_deg,e.lon_deg):l} ${S(e.ships,e.names)}
      ${s?o`<p><button class="link" @click=${()=>ie(s.id)}>Part of: ${s.title} ▸</button></p>`:l}
      ${De(e)} ${et(e)}
      ${e.rule?o`<h3>When this is wrong</h3><p class="quiet">${e.rule.wrong}</p>`:l} ${Qe(e)}
    </div>`}var tt={ok:"✓",connecting:"…",behind:"…",failing:"✕",forked:"✕"};function as(e){if(!e)return{words:"no journal",ill:!1};if(e.state==="unwritten")return{words:"nothing is written",ill:!1};let t=e.copies??[],s=t.filter(m=>m.state==="ok").length,n=t.filter(m=>m.state==="failing"||m.state==="forked"),r=e.state==="failed"?"journal ✕ FAILED":t.length?"journal ✓":"journal ✓ on disk",a=t.length?` · ${n.length?`✕ copy ${n[0].state.toUpperCase()}, `:""}${s}/${t.length} ${t.length===1?"copy":"copies"}`:"";return{words:r+a,ill:e.state==="failed"||n.length>0}}function cs(){return(i.health?.journal?.copies??[]).filter(e=>e.state==="failing"||e.state==="forked").map(e=>o`<p class="banner ${e.state==="forked"?"bad":""}" role="status">✕ The copy ${e.name} ${e.state==="forked"?"has forked":"fails"}: ${e.words}</p>`)}function qe(e){let{journal:t}=e;if(!t)return l;if(t.state==="unwritten")return o`<h3>Journal</h3><p>This is a replay: nothing is written. What you acknowledge or report here is gone when it ends.</p>`;let s=t.copies??[];return o`<h3>Journal</h3>
    <p class=${t.state==="ok"?"":"warning"}>${t.state==="ok"?"✓":"✕ failed:"} ${t.words}</p>
    <p class="quiet figures">${d(t.durable)} of ${d(t.records)} records on disk · ${V(t.bytes)}</p>
    <ul class="copies" role="list">
      ${s.map(n=>o`<li class=${n.state==="failing"||n.state==="forked"?"warning":""}>
        ${tt[n.state]} <strong>${n.name}</strong> <span class="copy-state">${n.state}</span>
        <span class="quiet figures">${n.words}${n.behind?` · ${d(n.behind)} records behind`:""}</span>
      </li>`)}
    </ul>
    ${t.checkpoint?o`<p class="quiet figures">Checkpoint${t.checkpoint.made_s===null?"":` up to record ${d(t.checkpoint.record)}, ${c(t.checkpoint.made_s,e.now_s)}`}: ${t.checkpoint.words}</p>`:l}`}var fs=e=>e?.webhook?.state==="failing";function hs(){let e=i.health?.webhook;return e?.state!=="failing"?l:o`<p class="banner" role="status">✕ ${d(e.unsent)} ${e.unsent===1?"alert has":"alerts have"} not reached the webhook ${e.to}: ${e.words}. Trying again…</p>`}function ze(e){let{webhook:t}=e;if(!t)return l;let s=t.state==="failing";return o`<h3>Webhook</h3>
    <p class=${s?"warning":""}>${s?"✕ fails:":"✓"} ${t.words}</p>
    <p class="quiet figures">
      to ${t.to}, ${t.least} and worse<br />${d(t.sent)} sent since the start, ${d(t.unsent)} unsent${s?o`<br />failing since ${c(t.failing_since_s,e.now_s)}`:l}
    </p>`}var Ie={live:"live",no_ships:"alive, but no ships",silent:"silent",dead:"dead",ended:"ended"},Fe=e=>e.state==="live"||e.state==="no_ships"||e.state==="ended";function st(e,t){return o`<li class="feed ${e.state}">
    <p class="feed-name"><strong>${e.name||e.feed}</strong> <span class="feed-state">${Ie[e.state]}</span></p>
    ${e.state==="live"?l:o`<p>${e.words}</p>`}
    <p class="quiet figures">
      ${U(e.messages_per_s)} · ${d(e.ships)} ships · ${d(e.stations)} ${e.stations===1?"station":"stations"}<br />last ${c(e.last_s,t)}<br />${d(e.lines)} lines, ${d(e.rejected)} refused
    </p>
  </li>`}function nt(e){let{clock_check:t,counters:s}=e,n=Object.entries(s?.rejected??{});return o`<div class="panel-head">
      <div class="panel-title"><p class="over">health</p><h2 tabindex="-1">Feeds and journal</h2></div>
      <button class="plain" @click=${()=>re()} aria-label="Close feeds" title="Close (Esc)">${x("close")}</button>
    </div>
    <div class="panel-body" tabindex="0" role="group" aria-label="Feeds, journal, clock">
      <div class="buttons"><button @click=${()=>ne()}>Hand over the watch (H)</button></div>
      <ul class="feeds" role="list">${e.feeds.map(r=>st(r,e.clock_s))}</ul>
      ${C()?be():l} ${qe(e)} ${ze(e)}
      <h3>Clock</h3>
      ${t?o`<p class=${t.state==="wrong"?"warning":""}>${t.words}${t.offset_s===null||Math.abs(t.offset_s)>=600?"":` (${t.offset_s.toFixed(1)} s)`}</p>`:l}
      <dl class="facts figures">
        ${u("Behind the feed",e.lag_s===null?null:`${e.lag_s.toFixed(1)} s`)} ${u("Messages",s?d(s.messages):null)}
        ${u("Lines",s?d(s.lines):null)} ${n.map(([r,a])=>u(`Refused: ${r.replaceAll("_"," ")}`,d(a)))}
        ${u("Version",e.version)}
      </dl>
      ${Z()}
    </div>`}function As(e){let t=i.feedsOpen&&i.health!==null;e.hidden=!t,I(t?nt(i.health):l,e)}var ot=()=>i.fleet.present?"No ships are being received. What you see is old. ":"No ship has been received yet. ";function Ss(){let{health:e}=i;if(!e)return null;let t=e.feeds.filter(a=>!Fe(a));if(!t.length)return e.feeds.length>0&&e.feeds.every(m=>m.state==="no_ships")?{words:`${e.feeds.length===1?"The feed is":"All feeds are"} alive, but no ship is in ${e.feeds.length===1?"it":"them"}: look at the antenna.`,bad:!1}:null;let s=t.map(a=>{let m=a.last_s??a.since_s;return`${a.name||a.feed}: ${a.words||Ie[a.state]}${m&&a.state!=="silent"?` (nothing for ${k(e.clock_s-m)})`:""}`}),n=t.length===e.feeds.length,r=e.feeds.filter(a=>Fe(a)).every(a=>a.state==="no_ships");return{words:`${n||r?ot():"Not all feeds are heard. "}${s.join(" · ")}`,bad:n||r}}var it=e=>typeof e=="number"?Y[e]??"ship":e;function rt(e){return e.length?o`<div class="scroll" tabindex="0" role="group" aria-label="Who can help, nearest in time first">
    <table class="helpers">
      <thead>
        <tr><th scope="col">Ship</th><th scope="col">Away</th><th scope="col">Bears</th><th scope="col">Takes</th></tr>
      </thead>
      <tbody>
        ${e.map(t=>o`<tr>
            <th scope="row">
              <button class="link" @click=${()=>oe(t.mmsi)}>${t.name||String(t.mmsi)}</button>
              <span class="quiet">${it(t.kind)} · best ${W(t.speed_kn)}</span>
            </th>
            <td class="figures">${j(t.distance_nm)}</td>
            <td class="figures">${P(t.bearing_deg)}</td>
            <td class="figures">${K(t.hours)}</td>
          </tr>`)}
      </tbody>
    </table>
  </div>`:o`<p class="quiet">No ship that could help is heard near by.</p>`}function Ds(e){let t=i.clock_s(),s=e.alerts.map(r=>i.alerts.get(r)).filter(r=>r!==void 0),n=e.reports.map(r=>i.reports.get(r)).filter(r=>r!==void 0);return o`${E(o`<span class="severity ${e.severity}">${g(e.severity)}<span class="severity-word">incident · ${e.severity}</span></span>`,e.title,"Close the incident")}
    <div class="panel-body">
      <dl class="facts">
        ${u("Began",o`<span class="figures">${c(e.start_s,t)}</span>`)}
        ${e.end_s===null?l:o`${u("Ended",o`<span class="figures">${c(e.end_s,t)}</span>`)}${u("Lasted",k(e.end_s-e.start_s))}`}
      </dl>
      <div class="buttons"><button @click=${()=>se(e.id)}>Open its page (O)</button></div>
      ${A(e.lat_deg,e.lon_deg)} ${S(e.ships,e.names)}
      <h3>Who can help</h3>
      ${rt(e.helpers)}
      ${e.notes.length?o`<h3>Newest note of ${e.notes.length}</h3><p class="told">${e.notes.at(-1).words}</p>`:l}
      <h3>Alerts</h3>
      <ul class="lines" role="list">
        ${s.map(r=>o`<li>
            <button class="line ${r.severity} ${r.state}" @click=${()=>_(r.id,!0,!0)}>
              ${g(r.severity)}<span><span class="severity-word">${r.severity}${r.state==="open"?"":`, ${r.state}`}</span> ${r.title}</span>
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
    </div>`}export{C as a,L as b,ht as c,$t as d,gt as e,wt as f,bt as g,ye as h,ve as i,At as j,Dt as k,Jt as l,Xe as m,ns as n,as as o,cs as p,fs as q,hs as r,Fe as s,As as t,Ss as u,rt as v,Ds as w};
