// Keeps the page itself, so that it opens without a connection. It never sees data: that goes past it.
"use strict";
const KEPT = "planner-{build}", FILES = ["/", "/manifest.webmanifest", "/icon.svg"];

self.addEventListener("install", event => {
  event.waitUntil(caches.open(KEPT).then(cache => cache.addAll(FILES.map(path => new Request(path, {cache: "reload"}))))
    .then(() => self.skipWaiting()));
});

self.addEventListener("activate", event => {
  event.waitUntil(caches.keys()
    .then(names => Promise.all(names.filter(name => name !== KEPT).map(name => caches.delete(name))))
    .then(() => self.clients.claim()));
});

self.addEventListener("fetch", event => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== location.origin || !FILES.includes(url.pathname)) return;
  // a new version comes with a new worker, which fetches its files before it takes over
  event.respondWith(caches.open(KEPT).then(cache => cache.match(url.pathname)).then(kept => kept || fetch(event.request)));
});
