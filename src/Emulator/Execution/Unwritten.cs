using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>A lane of a register with bytes that nobody wrote.</summary>
/// <param name="Origin">where memory gave them; null if the register itself was never written</param>
internal readonly record struct Unwritten(UnwrittenBytes Bytes, UnwrittenOrigin? Origin)
{
    /// <summary>A register that nothing wrote.</summary>
    public static readonly Unwritten Register = new(new UnwrittenBytes(~0u, IsComputed: false), null);

    public bool Any => Bytes.Any;

    /// <summary>A result that depends on it.</summary>
    public Unwritten AsComputed() => Any ? this with { Bytes = UnwrittenBytes.All } : default;

    public Unwritten Join(Unwritten other) => Any ? this with { Bytes = Bytes.Join(other.Bytes) } : other;
}
