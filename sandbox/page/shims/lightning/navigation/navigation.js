export { CurrentPageReference, NavigationMixin } from 'force/navigation';
