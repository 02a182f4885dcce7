/** `?at=08:42`: the page believes that it is that time of today. */
const at = new URLSearchParams(window.location.search).get('at');
const [hours, minutes] = (at ?? '').split(':').map(Number);
if (hours !== undefined && minutes !== undefined) {
  const Real = Date;
  const wanted = new Real();
  wanted.setHours(hours, minutes, 0, 0);
  const shift = wanted.getTime() - Real.now();
  const now = (): number => Real.now() + shift;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given) => (given.length === 0 ? new target(now()) : new target(...(given as [number]))),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key, target)),
  });
}

export {};
