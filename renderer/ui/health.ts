export { healthLook, isWrong, type Shape, type Tone } from '../../shared/looks/health-look.ts';
