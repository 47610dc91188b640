import{h as _,p as g}from"./part-chunk-3GJMLR4R.js";import{a as l}from"./part-chunk-A7HJH2ZB.js";import{G as n,H as a,a as o,aa as h,ba as $,d as m,da as b,h as c,i as d,l as f,n as i}from"./part-chunk-E72P3U2A.js";async function y(s){try{return await h("/api/guard",a.name?{...s,by:a.name}:s),n.say(s.guard===null?`Taken back, ${n.kept()}`:s.guard?`She is guarded now, ${n.kept()}`:`She is no longer guarded, ${n.kept()}`),g(!0),!0}catch(e){return n.say($(e),!0),!1}}function v(s){let e=[s.guard?"guarded":"not guarded"];if(s.ring_nm!==null&&e.push(`ring ${s.ring_nm} NM`),s.until_s!==null){let r=Math.floor(s.until_s/86400)===Math.floor(n.clock_s()/86400);e.push(`until ${r?c(s.until_s):d(s.until_s)}${s.over_s===null?`, ${f(s.until_s,n.clock_s())}`:""}`)}else s.over_s===null&&e.push("with no end");return e.join(", ")}var k=s=>n.fleet.nameOf(s.ship)||s.name;function w(s){let e=s.over_s!==null;return o`<li class=${e?"exclusion undone":"exclusion"} data-guard-id=${s.id}>
    <button class="link" @click=${()=>_(s.ship)}>${k(s)}</button>
    <p class="exclusion-words">${v(s)}</p>
    <p class="quiet">${s.words?`${s.words} · `:""}${s.by} · <span class="figures">${i(s.made_s,n.clock_s())}</span></p>
    ${e?o`<p class="quiet">over since <span class="figures">${i(s.over_s,n.clock_s())}</span></p>`:o`<button class="decides small" @click=${()=>y({ship:s.ship,guard:null})}>Undo<span class="unseen">: ${k(s)} as the configuration says</span></button>`}
  </li>`}function q(){let s=[...n.guards.values()].sort((t,p)=>+(t.over_s!==null)-+(p.over_s!==null)||p.made_s-t.made_s);if(!s.length)return m;let e=s.filter(t=>t.over_s===null),r=e.filter(t=>t.guard).length,u=e.length-r;return o`<details class="over guards" ?open=${l.guards.shown} @toggle=${t=>{l.guards.shown=t.target.open}}>
    <summary>Guarded at the desk: ${r||"nobody now"}${u?`, not guarded: ${u}`:""}</summary>
    <ul role="list">${s.map(w)}</ul>
    ${b(l.guards)}
  </details>`}export{y as a,v as b,q as c};
