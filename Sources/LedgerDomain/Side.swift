extension Side {
    public var opposite: Side { self == .buy ? .sell : .buy }
    public var sign: Int128 { self == .buy ? 1 : -1 }
}
