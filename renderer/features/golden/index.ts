export { GoldenPage } from './golden-page.tsx';
