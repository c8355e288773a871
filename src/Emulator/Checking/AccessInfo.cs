namespace CogVideoX.Emulator.Checking;

/// <summary>What shadow memory keeps of an access beside who made it, in one word.</summary>
internal readonly record struct AccessInfo
{
    private const int AtomicBit = 1 << 3;
    private const int ActorShift = 4;
    private const int UnwrittenBit = 1 << 7;
    private const int ComputedBit = 1 << 8;
    private const int ReadOnlyBit = 1 << 9;
    private const int LineShift = 10;

    private readonly int bits;

    private AccessInfo(int bits) => this.bits = bits;

    public AccessInfo(int line, Actor actor, Scope scope, bool isAtomic) =>
        bits = line << LineShift | (int)actor << ActorShift | (isAtomic ? AtomicBit : 0) | (int)scope;

    public int Line => (int)((uint)bits >> LineShift);

    public Actor Actor => (Actor)(bits >> ActorShift & 7);

    public Scope Scope => (Scope)(bits & 7);

    /// <summary>A read-modify-write.</summary>
    public bool IsAtomic => (bits & AtomicBit) != 0;

    /// <summary>A write of bytes that nobody had written.</summary>
    public bool IsUnwritten => (bits & UnwrittenBit) != 0;

    /// <summary>Such bytes went through arithmetic.</summary>
    public bool IsComputed => (bits & ComputedBit) != 0;

    /// <summary>A read that asks for memory which the launch doesn't write (ld.global.nc).</summary>
    public bool IsReadOnly => (bits & ReadOnlyBit) != 0;

    public AccessInfo WithUnwritten(bool computed) => new(bits | UnwrittenBit | (computed ? ComputedBit : 0));

    public AccessInfo WithReadOnly(bool readOnly) => readOnly ? new(bits | ReadOnlyBit) : this;
}
