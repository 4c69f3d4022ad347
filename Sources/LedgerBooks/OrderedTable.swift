/// Values in ascending key order: found by binary search, iterated in the same order everywhere.
struct OrderedTable<Key: Comparable & Sendable, Value: Sendable>: Sendable {
    private(set) var entries: [(key: Key, value: Value)] = []

    var keys: [Key] { entries.map(\.key) }
    var values: [Value] { entries.map(\.value) }

    subscript(key: Key) -> Value? {
        let place = place(key)
        return place < entries.count && entries[place].key == key ? entries[place].value : nil
    }

    /// Changes the value of a key, which starts as `initial`.
    mutating func update(_ key: Key, _ initial: Value, _ change: (inout Value) -> Void) {
        let place = place(key)
        if place == entries.count || entries[place].key != key {
            entries.insert((key, initial), at: place)
        }
        change(&entries[place].value)
    }

    /// The index of a key, or where to insert it.
    private func place(_ key: Key) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
