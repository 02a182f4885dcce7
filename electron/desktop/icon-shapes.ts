import type { Shape, Tone } from '../../shared/looks/health-look.ts';

export type Colour = readonly [red: number, green: number, blue: number];

/** Seen on light and on dark panels alike: nobody tells us which it is. */
export const toneColours: Readonly<Record<Tone, Colour>> = {
  healthy: [47, 154, 108],
  degraded: [190, 132, 0],
  down: [222, 68, 94],
  idle: [132, 130, 128],
};

/** Side of the square that shapes are described in. */
const side = 16;
const centre = { x: 8, y: 6.9 };
/** Samples per pixel and axis. */
const samples = 6;

/** Is the point within the shape? Coordinates in a square of 16. */
function within(shape: Shape, x: number, y: number): boolean {
  const dx = x - centre.x;
  const dy = y - centre.y;
  const distance = Math.hypot(dx, dy);
  switch (shape) {
    case 'disc':
      return distance <= 5.9;
    case 'triangle':
      return y >= 0.8 && y <= 12.4 && Math.abs(dx) <= ((y - 0.8) / 11.6) * 6.9;
    case 'square':
      return Math.max(Math.abs(dx), Math.abs(dy)) <= 5.5;
    case 'ring':
      return distance <= 5.9 && distance >= 3.9;
    case 'dashed':
      return distance <= 5.9 && distance >= 3.9 && ((Math.atan2(dy, dx) / Math.PI + 1) * 3) % 1 < 0.62;
    case 'half':
      return distance <= 5.9 && (distance >= 4.3 || dx >= 0);
  }
}

/** The horizon of the app's mark, under every shape. */
function onHorizon(x: number, y: number): boolean {
  return y >= 13.9 && y <= 15.5 && x >= 1 && x <= 15;
}

/** Draws a shape: RGBA, `size` × `size` pixels, colour not premultiplied. */
export function drawShape(shape: Shape, size: number, [red, green, blue]: Colour): Uint8Array {
  const pixels = new Uint8Array(size * size * 4);
  const step = side / size / samples;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let covered = 0;
      for (let sample = 0; sample < samples * samples; sample += 1) {
        const x = (column * samples + (sample % samples) + 0.5) * step;
        const y = (row * samples + Math.floor(sample / samples) + 0.5) * step;
        if (within(shape, x, y) || onHorizon(x, y)) covered += 1;
      }
      const alpha = Math.round((covered / samples ** 2) * 255);
      pixels.set([red, green, blue, alpha], (row * size + column) * 4);
    }
  }
  return pixels;
}
