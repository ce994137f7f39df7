// libzmq, https://zeromq.org: the sockets that Jupyter speaks over.
#ifndef QUILL_CZEROMQ_SHIM_H
#define QUILL_CZEROMQ_SHIM_H

#include <zmq.h>

#endif
