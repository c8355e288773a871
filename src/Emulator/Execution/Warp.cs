using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Memory;

namespace CogVideoX.Emulator.Execution;

/// <summary>
/// 32 threads and their registers: a slot is 128 bytes, 4 a lane; 64-bit registers take two, predicates keep a bit a lane.
/// </summary>
internal sealed unsafe class Warp
{
    public const int Lanes = 32;
    public const int SlotBytes = 128;

    private long executedTogether;
    private long mostApart;
    private ulong[]? lastBytes;

    public Warp(Cta cta, int number, uint mask, KernelCode code, WarpWorkspace workspace)
    {
        Workspace = workspace;
        Cta = cta;
        Number = number;
        Live = Initial = mask;
        Code = code;
        Registers = workspace.Registers;
        Ready = workspace.Ready;
        Addresses = workspace.Addresses;
        Local = workspace.Local;
        Unwritten = new UnwrittenRegisters(this);
        Knowledge = new LaneKnowledge(mask);
        Access = new Access { Cta = cta.Number, EntityCta = cta.Number, Warp = this };
        Strands.Add(new Strand(mask, code.Entry));
    }

    public Cta Cta { get; }

    /// <summary>Number of the warp in its CTA.</summary>
    public int Number { get; }

    public KernelCode Code { get; }

    /// <summary>Whose memory it uses.</summary>
    public WarpWorkspace Workspace { get; }

    public byte* Registers { get; }

    /// <summary>For each slot, the lanes whose value may be read.</summary>
    public uint* Ready { get; }

    /// <summary>What the other lanes hold.</summary>
    public UnwrittenRegisters Unwritten { get; }

    /// <summary>Scratch for the addresses of the running instruction.</summary>
    public long* Addresses { get; }

    public LocalMemory Local { get; }

    public List<Strand> Strands { get; } = [];

    public Strand Strand { get; set; } = null!;

    /// <summary>Joins where lanes wait for others.</summary>
    public List<Join> Parked { get; } = [];

    /// <summary>Strong accesses of the other lanes since.</summary>
    public int StrongSinceParked { get; set; }

    /// <summary>Whether lanes went on from a join alone, and so may come to a place one after the other.</summary>
    public bool RunsApart { get; set; }

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

    /// <summary>What each lane knows.</summary>
    public LaneKnowledge Knowledge { get; }

    /// <summary>Clock of the warp's threads: goes up whenever one of them publishes what it did.</summary>
    public int Clock { get; set; } = 1;

    /// <summary>What a lane knew at its last fences, for a later relaxed write to publish.</summary>
    public ScopedKnowledge[] Released => Workspace.Released;

    /// <summary>What a lane read from strong writes, by the scope that a later fence needs to take it in.</summary>
    public Observations[] Acquired => Workspace.Acquired;

    /// <summary>What was done before a lane's last fence.sc of the device's scope.</summary>
    public VectorClock?[] Sequenced => Workspace.Sequenced;

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
        a.IsAtomic = a.IsReadOnly = false;
        return a;
    }

    /// <summary>Points <see cref="Access"/> at one lane.</summary>
    public void SetLane(int lane)
    {
        Access.Lane = lane;
        Access.Mask = Access.IssuerMask = 1u << lane;
        Access.Knowledge = Knowledge[lane];
    }

    /// <summary>As <see cref="Publish"/>, with the lanes' own accesses left to the caller: they are known up to the clock.</summary>
    public (Knowledge Known, int Clock) BeginPublish(uint mask)
    {
        Knowledge all = Together(mask);
        VectorClock seen = Async.AddWaited(all.Seen, Cta.Number, mask);
        return (ReferenceEquals(seen, all.Seen) ? all : all with { Seen = seen }, Clock++);
    }

    /// <summary>What the lanes know together, their own accesses up to now included; their later ones get a new clock.</summary>
    public Knowledge Publish(uint mask)
    {
        (Knowledge known, int clock) = BeginPublish(mask);
        return known with { Seen = known.Seen.With(Cta.Number, FirstEntity, mask, clock) };
    }

    /// <summary>What some lanes know together.</summary>
    public Knowledge Together(uint mask) => Knowledge.Together(mask);

    /// <summary>The lanes learn it.</summary>
    public void Learn(uint mask, Knowledge news) => Knowledge.Learn(mask, news);

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

    /// <summary>Where a lane last stored a single byte in global memory or by a generic address; 0 if it never did.</summary>
    public ulong LastByte(int lane) => lastBytes is null ? 0 : lastBytes[lane];

    /// <summary>The active lanes have stored single bytes at <see cref="Addresses"/>.</summary>
    public void RememberBytes()
    {
        lastBytes ??= new ulong[Lanes];
        for (uint rest = Active; rest != 0; rest &= rest - 1)
        {
            int lane = int.TrailingZeroCount((int)rest);
            lastBytes[lane] = (ulong)Addresses[lane];
        }
    }

    /// <summary>Some lanes have run so many instructions more; returns how many the busiest of them has run in all.</summary>
    public long Count(uint mask, int ran)
    {
        if (mask == Initial)
        {
            executedTogether += ran;
            return executedTogether + mostApart;
        }
        long most = 0;
        for (uint rest = mask; rest != 0; rest &= rest - 1)
            most = Math.Max(most, Workspace.ExecutedApart[int.TrailingZeroCount((int)rest)] += ran);
        mostApart = Math.Max(mostApart, most);
        return executedTogether + most;
    }

    /// <summary>
    /// As <see cref="RequireWhole"/>, but lanes that went on from a join alone wait here for the others, and all wait for lanes that still
    /// run: they may be on their way to their end. True while they wait.
    /// </summary>
    public bool AwaitsWhole(Instruction instruction, string name)
    {
        Strand strand = Strand;
        if (Active == Live || instruction.Guard != Instruction.NoSlot || !(RunsApart || OthersRun(strand)))
        {
            RequireWhole(name);
            return false;
        }
        uint here = Here(instruction.Index);
        if (here != Live)
        {
            strand.Waiting = $"'{name}' at line {instruction.Line}, for lanes 0x{Live & ~here:x8} of the warp";
            strand.CanResume = () => Here(instruction.Index) == Live || !(RunsApart || OthersRun(strand));
            Next = instruction.Index;
            Yield = true;
            return true;
        }
        Strands.RemoveAll(other => other != strand);
        strand.Mask = Active = Live;
        RunsApart = false;
        return false;
    }

    private bool OthersRun(Strand strand) => Strands.Exists(other => other != strand && other.Waiting is null);

    private uint Here(int index)
    {
        uint here = 0;
        foreach (Strand strand in Strands)
        {
            if (strand.At == index && strand.Join == Strand.Join && strand.Calls == Strand.Calls)
                here |= strand.Mask;
        }
        return here;
    }

    /// <summary>A collective instruction that every thread of the warp must reach together.</summary>
    public void RequireWhole(string name)
    {
        if (Active != Live)
        {
            throw new FaultException(
                FaultKind.Divergent, $"{name} is reached by lanes 0x{Active:x8} of a warp whose lanes 0x{Live:x8} are alive")
            { Lane = int.TrailingZeroCount((int)Active) };
        }
    }
}
