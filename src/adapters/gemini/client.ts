import { GoogleGenerativeAI, type GenerativeModel } from '@google/generative-ai';
import type { GeminiOptions } from './options.ts';

/** The SDK's handle on one model, at Google or at another server that speaks the same API. */
export function modelHandle(
  name: string,
  { apiKey, baseUrl }: Pick<GeminiOptions, 'apiKey' | 'baseUrl'>,
): GenerativeModel {
  return new GoogleGenerativeAI(apiKey).getGenerativeModel({ model: name }, { baseUrl: serverOf(baseUrl) });
}

/** @param baseUrl null for Google's own */
export function serverOf(baseUrl: string | null): string {
  return (baseUrl ?? 'https://generativelanguage.googleapis.com').replace(/\/+$/, '');
}
