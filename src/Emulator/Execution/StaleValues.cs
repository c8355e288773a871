using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// Weak memory (PTX ISA 8.9): a strong read that nothing orders after the last strong write to its place may still see the value
/// before it, until the thread has seen the new one (coherence). One value back is kept.
/// </summary>
internal sealed class StaleValues
{
    private readonly Dictionary<(Allocation At, long Offset), Write> last = [];
    private readonly Dictionary<(Allocation At, long Offset, int Cta, int Thread), int> seen = [];

    public unsafe void Remember(Access writer, Allocation at, long offset, int bytes)
    {
        if (bytes > sizeof(ulong)) return;
        ulong old = 0;
        Buffer.MemoryCopy(at.Data + offset, &old, sizeof(ulong), bytes);
        int version = last.TryGetValue((at, offset), out Write before) ? before.Version + 1 : 1;
        last[(at, offset)] = new Write(old, bytes, writer.Cta, writer.IssuerEntity + writer.Lane, writer.Clock, version);
    }

    /// <summary>The older value, if this read may see it and chance says so.</summary>
    public ulong? Read(Access reader, Allocation at, long offset, int bytes, Random random)
    {
        if (!last.TryGetValue((at, offset), out Write write) || write.Bytes != bytes) return null;
        if (reader.Knows(write.Cta, write.Thread, write.Clock)) return null;
        var key = (at, offset, reader.Cta, reader.IssuerEntity + reader.Lane);
        if (seen.GetValueOrDefault(key) == write.Version) return null;
        if (random.Next(2) == 0) return write.Old;
        seen[key] = write.Version;
        return null;
    }

    /// <summary>An atomic always sees the newest value.</summary>
    public void See(Access reader, Allocation at, long offset)
    {
        if (last.TryGetValue((at, offset), out Write write)) seen[(at, offset, reader.Cta, reader.IssuerEntity + reader.Lane)] = write.Version;
    }

    private readonly record struct Write(ulong Old, int Bytes, int Cta, int Thread, int Clock, int Version);
}
