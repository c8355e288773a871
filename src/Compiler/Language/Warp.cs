namespace CogVideoX.Compiler.Language;

/// <summary>What the 32 lanes of a warp do together. A mask names the lanes that take part; each of them has to call.</summary>
public static class Warp
{
    /// <summary>Lanes of a warp.</summary>
    public const int Size = 32;

    /// <summary>The mask of all lanes.</summary>
    public const uint All = 0xffffffff;

    /// <summary>Lanes that happen to run together here.</summary>
    public static uint ActiveMask { [Ptx("activemask.b32 {result};")] get => DeviceOnly.Called<uint>(); }

    /// <summary>The value of another lane of its segment.</summary>
    /// <param name="value">any unmanaged type: what isn't 32 bits wide goes in words of 32 bits</param> <param name="lane">within the
    /// segment</param>
    /// <param name="width">lanes of a segment: a power of two</param> <param name="mask">who takes part</param>
    public static T Shuffle<T>(T value, int lane, int width = Size, uint mask = All)
        where T : unmanaged => ShuffleIndex(value, lane, ((Size - width) << 8) | 31, mask);

    /// <summary>The value of the lane that is <paramref name="delta"/> lower; one's own where there is none in the segment.</summary>
    public static T ShuffleUp<T>(T value, int delta, int width = Size, uint mask = All)
        where T : unmanaged => ShuffleLower(value, delta, (Size - width) << 8, mask);

    /// <summary>The value of the lane that is <paramref name="delta"/> higher; one's own where there is none in the segment.</summary>
    public static T ShuffleDown<T>(T value, int delta, int width = Size, uint mask = All)
        where T : unmanaged => ShuffleHigher(value, delta, ((Size - width) << 8) | 31, mask);

    /// <summary>The value of the lane whose number differs in the bits of <paramref name="bits"/>.</summary>
    public static T ShuffleXor<T>(T value, int bits, int width = Size, uint mask = All)
        where T : unmanaged => ShuffleButterfly(value, bits, ((Size - width) << 8) | 31, mask);

    /// <summary>Whether any lane of the mask says so.</summary>
    [Ptx("vote.sync.any.pred {result}, {condition}, {mask};")]
    public static bool Any(bool condition, uint mask = All) => DeviceOnly.Called<bool>();

    /// <summary>Whether all lanes of the mask say so.</summary>
    [Ptx("vote.sync.all.pred {result}, {condition}, {mask};")]
    public static bool Every(bool condition, uint mask = All) => DeviceOnly.Called<bool>();

    /// <summary>The lanes of the mask that say so.</summary>
    [Ptx("vote.sync.ballot.b32 {result}, {condition}, {mask};")]
    public static uint Ballot(bool condition, uint mask = All) => DeviceOnly.Called<uint>();

    /// <summary>The lanes of the mask that have the same value.</summary>
    [Ptx("match.any.sync.b32 {result}, {value}, {mask};")]
    public static uint MatchAny(int value, uint mask = All) => DeviceOnly.Called<uint>();

    /// <summary>Sum over the lanes of the mask.</summary>
    [Ptx("redux.sync.add.s32 {result}, {value}, {mask};")]
    public static int ReduceAdd(int value, uint mask = All) => DeviceOnly.Called<int>();

    /// <summary>Largest over the lanes of the mask.</summary>
    [Ptx("redux.sync.max.s32 {result}, {value}, {mask};")]
    public static int ReduceMax(int value, uint mask = All) => DeviceOnly.Called<int>();

    /// <summary>Smallest over the lanes of the mask.</summary>
    [Ptx("redux.sync.min.s32 {result}, {value}, {mask};")]
    public static int ReduceMin(int value, uint mask = All) => DeviceOnly.Called<int>();

    /// <summary>Exclusive or over the lanes of the mask.</summary>
    [Ptx("redux.sync.xor.b32 {result}, {value}, {mask};")]
    public static uint ReduceXor(uint value, uint mask = All) => DeviceOnly.Called<uint>();

    /// <summary>Waits for the lanes of the mask; what they wrote before is then seen by them.</summary>
    [Ptx("bar.warp.sync {mask};")]
    public static void Sync(uint mask = All) => DeviceOnly.Called();

    /// <summary>Sum over all lanes, in the same order in each.</summary>
    public static float Sum(float value)
    {
        for (int bits = Size / 2; bits > 0; bits /= 2)
            value += ShuffleXor(value, bits);
        return value;
    }

    /// <summary>Largest over all lanes; a number against NaN is the number.</summary>
    public static float Max(float value)
    {
        for (int bits = Size / 2; bits > 0; bits /= 2)
            value = Approximate.Max(value, ShuffleXor(value, bits));
        return value;
    }

    [Ptx("shfl.sync.idx.b32 {result}, {value}, {lane}, {clamp}, {mask};", InWords = true)]
    private static T ShuffleIndex<T>(T value, int lane, int clamp, uint mask)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("shfl.sync.up.b32 {result}, {value}, {delta}, {clamp}, {mask};", InWords = true)]
    private static T ShuffleLower<T>(T value, int delta, int clamp, uint mask)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("shfl.sync.down.b32 {result}, {value}, {delta}, {clamp}, {mask};", InWords = true)]
    private static T ShuffleHigher<T>(T value, int delta, int clamp, uint mask)
        where T : unmanaged => DeviceOnly.Called<T>();

    [Ptx("shfl.sync.bfly.b32 {result}, {value}, {bits}, {clamp}, {mask};", InWords = true)]
    private static T ShuffleButterfly<T>(T value, int bits, int clamp, uint mask)
        where T : unmanaged => DeviceOnly.Called<T>();
}
