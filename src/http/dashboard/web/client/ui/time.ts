import { h } from 'preact';
import { ago, moment } from '../format.ts';
import { since } from '../store.ts';
import { locale } from '../texts/index.ts';

/** How long ago, with the moment itself on hover and for machines. */
export const agoTime = (at: string) =>
  h('time', { dateTime: at, title: moment(at, locale()) }, ago(since(at), locale()));
