using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>32 threads and their registers: a slot is 128 bytes, 4 a lane; 64-bit registers take two, predicates keep a bit a lane.</summary>
internal sealed unsafe class Warp
{
    public const int Lanes = 32;
    public const int SlotBytes = 128;

    private readonly byte[] registers;
    private readonly long[] executed = new long[Lanes];
    private readonly uint[] ready;
    private readonly long[] addresses = GC.AllocateArray<long>(Lanes, pinned: true);

    public Warp(Cta cta, int number, uint mask, KernelCode code)
    {
        Cta = cta;
        Number = number;
        Live = Initial = mask;
        Code = code;
        registers = GC.AllocateArray<byte>(code.SlotCount * SlotBytes + 256, pinned: true);
        // aligned to 128 bytes, so that a slot is two cache lines
        Registers = (byte*)((nint)(System.Runtime.CompilerServices.Unsafe.AsPointer(ref registers[0])) + 127 & ~127);
        ready = GC.AllocateArray<uint>(code.SlotCount, pinned: true);
        Ready = (uint*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref ready[0]);
        Ready[Instruction.NoSlot] = ~0u;
        Addresses = (long*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref addresses[0]);
        Local = new LocalMemory(code.Frame);
        Array.Fill(Knowledge, Checking.Knowledge.None);
        Access = new Access { Cta = cta.Number, EntityCta = cta.Number, Warp = this };
        Strands.Add(new Strand(mask, code.Entry));
    }

    public Cta Cta { get; }

    /// <summary>Number of the warp in its CTA.</summary>
    public int Number { get; }

    public KernelCode Code { get; }

    public byte* Registers { get; }

    /// <summary>For each slot, the lanes whose value may be read.</summary>
    public uint* Ready { get; }

    /// <summary>Scratch for the addresses of the running instruction.</summary>
    public long* Addresses { get; }

    public LocalMemory Local { get; }

    public List<Strand> Strands { get; } = [];

    public Strand Strand { get; set; } = null!;

    /// <summary>Lanes that have a thread and haven't left.</summary>
    public uint Live { get; set; }

    /// <summary>Lanes that had a thread at the start.</summary>
    public uint Initial { get; }

    /// <summary>Lanes that the running instruction works for.</summary>
    public uint Active { get; set; }

    public int Next { get; set; }

    /// <summary>Ends the strand's turn after the running instruction.</summary>
    public bool Yield { get; set; }

    /// <summary>Turns that it lets pass.</summary>
    public int Pause { get; set; }

    /// <summary>Carry flags of add.cc and its kin, a bit a lane.</summary>
    public uint Carry { get; set; }

    public Knowledge[] Knowledge { get; } = new Knowledge[Lanes];

    /// <summary>Clock of the warp's threads: goes up whenever one of them publishes what it did.</summary>
    public int Clock { get; set; } = 1;

    /// <summary>What a lane knew at its last fences, for a later relaxed write to publish.</summary>
    public ScopedKnowledge[] Released { get; } = new ScopedKnowledge[Lanes];

    /// <summary>What a lane read from strong writes, by the scope that a later fence needs to take it in.</summary>
    public Observations[] Acquired { get; } = new Observations[Lanes];

    public Access Access { get; }

    /// <summary>Lanes that have arrived at the cluster's barrier and not waited, and the phase that they arrived in.</summary>
    public uint ClusterArrived { get; set; }

    public int ClusterPhase { get; set; }

    /// <summary>Registers that products under way still use.</summary>
    public WgmmaRegisters Wgmma { get; } = new();

    public AsyncState Async { get; } = new();

    public int FirstEntity => Number * Lanes;

    public T* Slot<T>(int slot) where T : unmanaged => (T*)(Registers + slot * SlotBytes);

    public ref uint Predicate(int slot) => ref *(uint*)(Registers + slot * SlotBytes);

    public bool HasWaitedFor(int lane, int entity, int clock) => Async.HasWaitedFor(lane, entity, clock);

    /// <summary>Prepares <see cref="Access"/> for the running instruction; the caller sets lane, mask and knowledge.</summary>
    public Access Begin(int line, Scope scope = Scope.Weak)
    {
        Access a = Access;
        a.EntityCta = Cta.Number;
        a.Entity = a.IssuerEntity = FirstEntity;
        a.Clock = Clock;
        a.Line = line;
        a.Actor = Actor.Thread;
        a.Scope = scope;
        return a;
    }

    /// <summary>Points <see cref="Access"/> at one lane.</summary>
    public void SetLane(int lane)
    {
        Access.Lane = lane;
        Access.Mask = Access.IssuerMask = 1u << lane;
        Access.Knowledge = Knowledge[lane];
    }

    /// <summary>What the lanes know together, their own accesses up to now included; their later ones get a new clock.</summary>
    public Knowledge Publish(uint mask)
    {
        Knowledge all = Together(mask);
        VectorClock seen = all.Seen.With(Cta.Number, FirstEntity, mask, Clock);
        seen = Async.AddWaited(seen, Cta.Number, mask);
        Clock++;
        return all with { Seen = seen };
    }

    /// <summary>Joins what some lanes know, each object once.</summary>
    public Knowledge Together(uint mask)
    {
        Knowledge? all = null, last = null;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            Knowledge one = Knowledge[int.TrailingZeroCount((int)rest)];
            if (ReferenceEquals(one, last)) continue;
            all = all is null ? one : all.Join(one);
            last = one;
        }
        return all ?? Checking.Knowledge.None;
    }

    /// <summary>The lanes learn it.</summary>
    public void Learn(uint mask, Knowledge news)
    {
        Knowledge? before = null, after = null;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            if (!ReferenceEquals(Knowledge[lane], before)) { before = Knowledge[lane]; after = before.Join(news); }
            Knowledge[lane] = after!;
        }
    }

    /// <summary>fence.proxy.async: what the lanes know and did becomes visible to asynchronous copies.</summary>
    public void FenceProxy(uint mask)
    {
        for (uint rest = mask; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            Knowledge old = Knowledge[lane];
            VectorClock seen = old.Seen.With(Cta.Number, FirstEntity, 1u << lane, Clock);
            Knowledge[lane] = old with { Fenced = old.Fenced.Join(Async.AddWaited(seen, Cta.Number, 1u << lane)) };
        }
        Clock++;
    }

    /// <summary>Some lanes have run so many instructions more; returns how many the busiest of them has run in all.</summary>
    public long Count(uint mask, int ran)
    {
        long most = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            most = Math.Max(most, executed[int.TrailingZeroCount((int)rest)] += ran);
        return most;
    }

    /// <summary>A collective instruction that every thread of the warp must reach together.</summary>
    public void RequireWhole(string name)
    {
        if (Active != Live)
            throw new FaultException(FaultKind.Divergent, $"{name} is reached by lanes 0x{Active:x8} of a warp whose lanes 0x{Live:x8} are alive")
            { Lane = int.TrailingZeroCount((int)Active) };
    }
}
