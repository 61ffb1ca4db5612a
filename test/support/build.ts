export { build as default } from '../../build.ts';
