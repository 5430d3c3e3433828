package dev.parley.raftstorage.queue;

/// Hears that a queue was set aside and begun empty.
public interface SetAsideListener {
    void setAside(String name, String reason);
}
