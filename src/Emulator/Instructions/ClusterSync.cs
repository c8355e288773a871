using CogVideoX.Emulator.Checking;
using CogVideoX.Emulator.Execution;

namespace CogVideoX.Emulator.Instructions;

/// <summary>barrier.cluster.arrive and .wait (PTX ISA 9.7.13.3).</summary>
internal sealed class ClusterSync(bool arrives, bool relaxed, bool aligned) : Instruction
{
    public override void Execute(Warp warp)
    {
        if (aligned && warp.AwaitsWhole(this, "barrier.cluster"))
            return;
        Cluster cluster = warp.Cta.Cluster;
        uint mask = warp.Active;
        if (arrives)
        {
            if ((warp.ClusterArrived & mask) != 0)
                throw new FaultException(FaultKind.Divergent, "barrier.cluster.arrive twice without a wait between");
            warp.ClusterArrived |= mask;
            warp.ClusterPhase = cluster.Phase;
            cluster.Arrive(int.PopCount((int)mask), warp.Publish(mask), relaxed);
            return;
        }
        if ((warp.ClusterArrived & mask) != mask)
            throw new FaultException(FaultKind.Divergent, "barrier.cluster.wait without an arrive before it");
        if (cluster.Phase == warp.ClusterPhase)
        {
            int phase = warp.ClusterPhase;
            warp.Strand.Waiting = $"barrier.cluster.wait at line {Line}";
            warp.Strand.CanResume = () => cluster.Phase != phase;
            warp.Next = Index;
            warp.Yield = true;
            return;
        }
        warp.ClusterArrived &= ~mask;
        warp.Cta.Launch.Counters.BarrierWaits++;
        warp.Learn(mask, cluster.Complete);
        warp.Cta.LearnBeforeEnd(cluster.CompleteOrder);
    }
}
