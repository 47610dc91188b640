/** What the peers' pages share: the camera from the address, as the page has it, and what bench/page.py asks of a page. */

import { connect } from "../../web/source/state/connection";
import { desk } from "../../web/source/state/desk";
import { frameRate } from "../../web/source/map/measure";

export const WORLD_M = 2 * Math.PI * 6378137;

export interface Peer {
  /** Take over all ships; called at each push. */
  update(): void;
  look(zoom: number, lat_deg: number, lon_deg: number): void;
  held(on: boolean): void;
  /** How often it has drawn the newest ships, and how often anything. */
  frames(): number;
  renders(): number;
}

function where(): [zoom: number, lat_deg: number, lon_deg: number] {
  const [zoom, lat_deg, lon_deg] = (new URLSearchParams(location.hash.slice(1)).get("map") ?? "1.6/20/20").split("/").map(Number);
  return [zoom, lat_deg, lon_deg];
}

export function start(peer: Peer): void {
  const api = {
    ready: false,
    frames: () => peer.frames(),
    ships: () => desk.fleet.present,
    /** The same circle as the page's own: see `fps` in web/source/app.ts. */
    async fps(duration_ms: number): Promise<number> {
      const [zoom, lat_deg, lon_deg] = where();
      const reach_deg = 100 / 2 ** zoom;
      let before = peer.renders();
      let drawn = 0;
      peer.held(true);
      const rate = await frameRate(duration_ms, (passed_ms) => {
        const turn = (passed_ms / 2000) * 2 * Math.PI;
        peer.look(zoom, lat_deg + reach_deg * Math.sin(turn) * 0.5, lon_deg + reach_deg * (1 - Math.cos(turn)));
        if (peer.renders() !== before) drawn++;
        before = peer.renders();
      });
      peer.held(false);
      return Math.min(rate, (drawn * 1000) / duration_ms);
    },
  };
  peer.look(...where());
  addEventListener("hashchange", () => peer.look(...where()));
  connect(() => {
    peer.update();
    api.ready = true;
  }, () => {});
  (window as unknown as { peer: typeof api }).peer = api;
}
