#include "broker/concurrency/fair_queue.h"
