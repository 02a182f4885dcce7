// Control sequences as terminals read them: CSI, OSC (ended by BEL or ST), and the two-character escapes.
const escapes = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])/g;
const controls = /[\u0000-\u0008\u000a-\u001f\u007f]/g;

/** A log line without escape sequences and control characters; tabs stay. What a progress bar overwrote is dropped. */
export function plainText(text: string): string {
  let plain = text;
  if (plain.includes('\u001b')) plain = plain.replace(escapes, '');
  const trimmed = plain.replace(/[\r\n]+$/, '');
  const carriage = trimmed.lastIndexOf('\r');
  return (carriage === -1 ? trimmed : trimmed.slice(carriage + 1)).replace(controls, '');
}
