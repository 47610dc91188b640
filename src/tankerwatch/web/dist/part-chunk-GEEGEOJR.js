import{H as k,J as y,T as v,V as S,X as x,a as t,aa as u,ba as w,ca as c,d as o,da as f,ea as p,ja as d,k as b,l as $,m as g,ma as P,oa as A,pa as O,ra as a,v as l}from"./part-chunk-KNROQ3G7.js";var m=null,F=-1/0,D=1e4,H=()=>m;function T(){return!m&&performance.now()-F>D&&(F=performance.now(),import("./part-ship-page-OA7ZGR7M.js").then(e=>{m=e,l.changed()},()=>l.say("A part of this page could not be loaded from the desk; it is tried again",!0))),m}function G(e){let{fleet:s}=l,n=s.slotOf(e);if(n===null||!s.state[n])return null;let[r,i]=s.state[n]===2?s.latLon(n):[null,null];return{sog_kn:s.sog[n]===g?null:s.sog[n]/10,cog_deg:s.cog[n]===g?null:s.cog[n]/10,heading_deg:s.heading[n]===g?null:s.heading[n],heard_s:s.heard_s[n],lat_deg:r,lon_deg:i}}function M(e){let s=e.map(n=>l.alerts.get(n)).filter(n=>n!==void 0);return s.length?t`<ul class="lines" role="list">
    ${s.map(n=>t`<li>
        <button class="line ${n.severity}" @click=${()=>y(n.id)}>
          ${P(n.severity)}<span><span class="severity-word">${n.severity}${n.state==="open"?"":`, ${n.state}`}</span> ${n.title}</span>
        </button>
      </li>`)}
  </ul>`:o}function N(e,s){let n=e.length_m?`${p(e.length_m)}${e.beam_m?` × ${p(e.beam_m)}`:""}`:null;return t`<h3>Identity</h3>
    <dl class="facts">
      ${a("MMSI",e.mmsi?t`<span class="figures">${String(e.mmsi).padStart(9,"0")}</span>`:null)}
      ${a("IMO",e.imo?t`<span class="figures">${e.imo}</span>`:null)} ${a("Call sign",e.callsign)}
      ${a("Flag",e.flag??e.flag_code)} ${a("Size",n)} ${a("Draught",e.draught_m?`${e.draught_m.toFixed(1)} m`:null)}
      ${a("Destination",e.destination)} ${a("ETA",e.eta)}
      ${a("Usual speed",e.usual_sog_kn===null?null:`${c(e.usual_sog_kn)}${e.best_sog_kn===null?"":`, best ${c(e.best_sog_kn)}`}`)}
      ${a("These are from",e.static_s?t`<span class="figures">${u(e.static_s,s)}</span>`:null)}
    </dl>`}function W(e,s){return t`<h3>Who hears her</h3>
    <dl class="facts">
      ${a("First heard",e.first_s?t`<span class="figures">${u(e.first_s,s)}</span>`:null)}
      ${a("Fixes",e.fixes===null?null:`${d(e.fixes)}${e.displaced_fixes?`, ${d(e.displaced_fixes)} displaced`:""}`)}
      ${(e.stations??[]).map(n=>a(n.station??"no station named",t`<span class="figures">${u(n.last_s,s)} · ${d(n.fixes)} fixes</span>`))}
    </dl>
    ${e.beliefs&&e.beliefs.length?t`<details class="deeper">
          <summary>Other positions claimed for her: ${e.beliefs.length}</summary>
          <ul class="lines" role="list">
            ${e.beliefs.map(n=>t`<li class="told figures">${w(n.lat_deg,n.lon_deg)}<br /><span class="quiet">${n.trusted?"trusted":"not trusted"} · ${d(n.fixes)} fixes · ${u(n.last_s,s)}</span></li>`)}
          </ul>
        </details>`:o}
    ${e.sentences&&e.sentences.length?t`<details class="deeper">
          <summary>Last sentences</summary>
          <ul class="sentences" role="list">
            ${e.sentences.map(n=>t`<li><p class="quiet figures">${x(n.time_s)}</p><code>${n.sentence}</code></li>`)}
          </ul>
        </details>`:o}`}function X(e){let{ship:s}=l,n=l.clock_s(),r=G(e),i=l.fleet.slotOf(e),_=i===null?0:l.fleet.flags[i],q=s?.name||l.fleet.nameOf(e),I=s?.kind_words??(i===null?"":b[l.fleet.kind[i]]),h=s?.length_m??(i===null?null:l.fleet.length[i]||null),L=r?r.sog_kn:s?.sog_kn??null,R=r?r.cog_deg:s?.cog_deg??null,C=r?r.heading_deg:s?.heading_deg??null;return t`${A([I,h?p(h):"",s?.flag??""].filter(Boolean).join(" · ")||"ship",q,"Close the ship")}
    <div class="panel-body">
      ${l.shipProblem?t`<p class="problem" role="alert">${l.shipProblem}</p>`:o}
      ${_&$.lost?t`<p class="warning">No longer heard. This is where she was last.</p>`:o}
      ${_&$.untrusted?t`<p class="warning">Her position is not trusted.</p>`:o}
      <div class="readings">
        <p><span class="reading figures">${c(L)}</span><span class="quiet">over ground</span></p>
        <p><span class="reading figures">${f(R)}</span><span class="quiet">course</span></p>
        <p><span class="reading figures">${f(C)}</span><span class="quiet">heading</span></p>
      </div>
      ${O(r?.lat_deg??s?.lat_deg??null,r?.lon_deg??s?.lon_deg??null)}
      <p class="quiet">
        Last heard <span class="figures">${u(r?.heard_s||s?.heard_s,n)}</span>${s?.nav_status_words?t`<br />Says she is ${s.nav_status_words}`:o}
      </p>
      <div class="buttons">
        <button @click=${()=>k(e)}>Open her page (O)</button>
        <button aria-pressed=${l.following?"true":"false"} @click=${()=>S()}>Follow (F)</button>
        <button aria-pressed=${s?.guarded?"true":"false"} ?disabled=${!s} @click=${()=>s&&v(e,!s.guarded)} title="Watch over her more strictly than over others">
          ${s?.guarded?"Guarded":"Guard"}
        </button>
      </div>
      ${s?M(s.alerts):o} ${T()?.small.element??t`<div class="timeline"></div>`} ${s?t`${N(s,n)}${W(s,n)}`:t`<p class="quiet">Asking the desk…</p>`}
    </div>`}export{G as a,X as b,H as c,T as d};
