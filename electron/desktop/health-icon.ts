import { type NativeImage, nativeImage } from 'electron';
import type { Shape, Tone } from '../../shared/looks/health-look.ts';
import { drawShape, toneColours } from './icon-shapes.ts';
import { encodePng } from './png.ts';

const scales = [1, 1.25, 1.5, 2, 3];

/** A state's shape as an image of `size` points, sharp on dense screens too. */
export function healthIcon(tone: Tone, shape: Shape, size: number, template = false): NativeImage {
  const image = nativeImage.createEmpty();
  for (const scaleFactor of scales) {
    const pixels = Math.round(size * scaleFactor);
    const png = encodePng(drawShape(shape, pixels, template ? [0, 0, 0] : toneColours[tone]), pixels, pixels);
    image.addRepresentation({ scaleFactor, dataURL: `data:image/png;base64,${png.toString('base64')}` });
  }
  // macOS draws it in the menu bar's own colour: there the shape alone tells the state.
  image.setTemplateImage(template);
  return image;
}
