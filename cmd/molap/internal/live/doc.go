// Package live serves a page that shows a run while it goes on: loss and accuracy of
// every network, weights and activity of a chosen one. It is the one package that
// opens a socket, and only when the user asks for it.
//
// It listens on loopback addresses alone. Other pages in the user's browser can reach those too, and by
// DNS rebinding under names of their own. So the server answers a request only if its Host is the
// address that it listens on and its Origin, if it has one, is the page's own. There is nothing to
// change: all requests are GET.
package live
