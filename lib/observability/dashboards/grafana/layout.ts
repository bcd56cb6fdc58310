import type { GridPos } from '@grafana/grafana-foundation-sdk/dashboard';

const WIDTH = 24;

/** Where panels of these sizes lie, from left to right and line by line, from `top` on; and where the next line begins. */
export function layOut(sizes: readonly { readonly width: number; readonly height: number }[], top: number): { readonly places: readonly GridPos[]; readonly bottom: number } {
  let x = 0;
  let y = top;
  let bottom = top;
  const places = sizes.map(({ width, height }) => {
    if (x + width > WIDTH) {
      x = 0;
      y = bottom;
    }
    const place = { x, y, w: width, h: height };
    x += width;
    bottom = Math.max(bottom, y + height);
    return place;
  });
  return { places, bottom };
}
