using CogVideoX.Sampling;
using CogVideoX.Tensors;
using CogVideoX.Testing;

namespace CogVideoX.Pipelines.Tests.Tasks;

/// <summary>A task is a list of stages; models outlive runs, tensors of a run don't.</summary>
public sealed class TaskRunTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly Ops ops = Ops.OnCpu(2);

    public void Dispose()
    {
        ops.Dispose();
        folder.Dispose();
    }

    // Weights stored as F64 are converted: those of a model that stays last, those of one that is let go are released.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ModelsThatAreLetGoAndModelsThatStayGiveTheSame(bool doubles)
    {
        using LoadedModel model = LoadedModel.Open(doubles ? OfDoubles() : TestModels.Tiny2b);
        var parts = new ModelParts(model, ops);
        float[] expected = Run(parts, GenerationTasks.FromText, letsGo: false);
        long all = ops.Memory.LiveBytes;
        Assert.Equal(doubles, all > 0);
        Assert.Equal(expected, Run(parts, GenerationTasks.FromText, letsGo: false));
        Assert.Equal((all, 0), (ops.Memory.LiveBytes, ops.Memory.LiveCount));

        // Where no block is free that is larger than what it is used for.
        using Ops fresh = Ops.OnCpu(2);
        var others = new ModelParts(model, fresh);
        Assert.Equal(expected, Run(others, GenerationTasks.FromText, letsGo: true));
        long without = fresh.Memory.LiveBytes;
        Assert.Equal(expected, Run(others, GenerationTasks.FromText, letsGo: true));
        Assert.Equal((without, 0), (fresh.Memory.LiveBytes, fresh.Memory.LiveCount));
        Assert.Equal(doubles, without < all);
    }

    [Fact]
    public void AnotherTaskIsAnotherList()
    {
        using LoadedModel model = LoadedModel.Open(TestModels.Tiny2b);
        Stage[] task = [new PaintStage(), new DecodeStage()];
        using Ops planning = Ops.Planning();
        using RunState dry = State(new ModelParts(model, planning, isPlan: true), null);
        IReadOnlyList<StagePlan> plan = TaskPlanner.Plan(task, dry, long.MaxValue, letsGo: false);
        Assert.Equal(["paint", "decode"], plan.Select(stage => stage.Stage));
        Assert.Equal(9 * 64 * 96 * 3, Run(new ModelParts(model, ops), task, letsGo: false).Length);
    }

    [Fact]
    public void WhatAStageThrowsIsToldWithItsName()
    {
        using LoadedModel model = LoadedModel.Open(TestModels.Tiny2b);
        var parts = new ModelParts(model, ops);
        Assert.Equal("The stage 'paint' failed. spilt", Failure(new SamplingException("spilt")).Message);
        Assert.StartsWith("The stage 'paint' ran out of memory. ", Failure(new OutOfMemoryException("no canvas")).Message);
        Assert.Equal(0, ops.Memory.LiveCount);

        GenerationException Failure(Exception exception) => Assert.Throws<GenerationException>(
            () => Run(parts, [new PaintStage { Throws = exception }], letsGo: false));
    }

    [Theory]
    [InlineData(1, 1L << 61)]
    [InlineData(3, 3L << 61)]
    [InlineData(4, long.MaxValue)]
    [InlineData(1000, long.MaxValue)]
    public void OperationsBeyond63BitsAreCountedNoFurther(int products, long flops)
    {
        using LoadedModel model = LoadedModel.Open(TestModels.Tiny2b);
        using Ops planning = Ops.Planning();
        using RunState dry = State(new ModelParts(model, planning, isPlan: true), null);
        StagePlan plan = Assert.Single(TaskPlanner.Plan([new HugeStage(products)], dry, long.MaxValue, letsGo: false));
        Assert.Equal(flops, plan.Flops);
    }

    // Products of 2⁶¹ operations each.
    private sealed class HugeStage(int products) : Stage
    {
        public override string Name => "huge";

        public override void Build(ModelParts parts) { }

        public override long WeightBytes(LoadedModel model) => 0;

        public override void Run(RunState state)
        {
            using MemoryScope scope = state.Ops.Scope();
            Tensor x = state.Ops.Empty([1 << 30, 1 << 15]), weight = state.Ops.Empty([1 << 15, 1 << 15]);
            for (int i = 0; i < products; i++)
                state.Ops.Memory.Release(state.Ops.Linear(x, weight));
        }
    }

    private static RunState State(ModelParts parts, IFrameSink? sink)
    {
        GenerationSettings settings = RequestResolver.Resolve(TestModels.Quick with { VaeTiling = TilingMode.Off }, parts.Model);
        return new RunState(parts, settings, StageClock.Silent(parts.Ops)) { Sink = sink };
    }

    private static float[] Run(ModelParts parts, IReadOnlyList<Stage> task, bool letsGo)
    {
        var frames = new FrameCollector(9, 64, 96);
        using RunState state = State(parts, frames);
        TaskRun.Run(task, state, letsGo);
        return frames.Data;
    }

    private string OfDoubles()
    {
        string model = folder.CopyOf(TestModels.Tiny2b);
        foreach (string file in Directory.GetFiles(model, "*.safetensors", SearchOption.AllDirectories))
        {
            EditedWeights.Edit(file, tensors =>
            {
                foreach (string name in tensors.Keys.ToArray())
                    tensors[name] = EditedWeights.AsDoubles(tensors[name]);
            });
        }
        return model;
    }

    private sealed class PaintStage : Stage
    {
        public Exception? Throws { get; init; }

        public override string Name => "paint";

        public override void Build(ModelParts parts) { }

        public override long WeightBytes(LoadedModel model) => 0;

        public override void Run(RunState state)
        {
            if (Throws is not null)
                throw Throws;
            using MemoryScope scope = state.Ops.Scope();
            state.Hand(scope.Keep(state.Ops.FromHost(new float[state.LatentShape.Count], state.LatentShape)));
        }
    }
}
