// Renders icon.svg to the PNG sizes that the packages need: electron build/icons/render.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';

const folder = import.meta.dirname;
const sizes = [16, 32, 48, 64, 128, 256, 512, 1024];
const svg = readFileSync(join(folder, 'icon.svg')).toString('base64');

app.disableHardwareAcceleration();
app.whenReady().then(async () => {
  const window = new BrowserWindow({ show: false });
  await window.loadURL('data:text/html,<canvas></canvas>');
  for (const size of sizes) {
    const png = await window.webContents.executeJavaScript(`new Promise((resolve, reject) => {
      const image = new Image();
      image.onerror = reject;
      image.onload = () => {
        const canvas = Object.assign(document.querySelector('canvas'), { width: ${size}, height: ${size} });
        canvas.getContext('2d').drawImage(image, 0, 0, ${size}, ${size});
        resolve(canvas.toDataURL('image/png'));
      };
      image.src = 'data:image/svg+xml;base64,${svg}';
    })`);
    const name = size === 1024 ? 'icon.png' : `${size}x${size}.png`;
    writeFileSync(join(folder, name), Buffer.from(png.split(',')[1], 'base64'));
  }
  app.quit();
});
