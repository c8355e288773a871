using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>
/// Plans a task by running its stages on a device that only counts, whichever that is: what it finds is what the run takes, since it is the
/// same code.
/// </summary>
internal static class TaskPlanner
{
    private const double UsableShare = 0.9; // the runtime and the system want some of what is free

    /// <summary>Settles what depends on memory, counts memory and arithmetic, and refuses what can't fit.</summary>
    /// <param name="task">The stages.</param>
    /// <param name="state">On a planning device, with what the task begins from; its settings are settled here.</param>
    /// <param name="memoryBytes">The memory that there is.</param>
    /// <param name="letsGo">Whether weights that can be given back after their stage are.</param>
    /// <returns>What each stage takes.</returns>
    /// <exception cref="RequestException">More memory is needed than there is.</exception>
    public static IReadOnlyList<StagePlan> Plan(IReadOnlyList<Stage> task, RunState state, long memoryBytes, bool letsGo)
    {
        var plans = new List<StagePlan>();
        foreach (Stage stage in task)
        {
            StagePlan plan = Dry(stage, state);
            GenerationSettings settled = stage.Settle(state.Settings, Fits(plan, memoryBytes));
            bool isOther = !ReferenceEquals(settled, state.Settings) && !Fits(plan, memoryBytes);
            state.Settings = settled;
            if (isOther)
                plan = Dry(stage, state);
            if (!Fits(plan, memoryBytes))
                throw TooLarge(stage, plan, state, memoryBytes);
            plans.Add(plan);
            if (letsGo)
                stage.LetGo(state.Parts);
        }
        return plans;
    }

    /// <summary>Whether all weights of a plan can stay beside the largest of its stages.</summary>
    public static bool HoldsAll(IReadOnlyList<StagePlan> plans, long memoryBytes) =>
        plans.Sum(plan => (double)plan.WeightBytes) + plans.Max(plan => plan.PeakBytes) <= memoryBytes * UsableShare;

    /// <exception cref="ModelException">A schedule that can't be sampled.</exception>
    // The room of sampling sees no folders; it calls the file by its name.
    public static void CheckSchedule(LoadedModel model)
    {
        try
        {
            _ = new NoiseSchedule(ScheduleOptions.From(model.Folder.Scheduler));
        }
        catch (SamplingException exception)
        {
            throw new ModelException(Path.Combine(model.Folder.Path, "scheduler", exception.Message), exception);
        }
    }

    private static StagePlan Dry(Stage stage, RunState state)
    {
        Ops ops = state.Ops;
        long before = ops.PlannedFlops, streamed = ops.PlannedStreamedBytes;
        TaskRun.Run(stage, state);
        long flops = ops.PlannedFlops == long.MaxValue ? long.MaxValue : ops.PlannedFlops - before; // it stops counting there
        long resident = ops.HoldsWeights ? ops.Memory.LastingBytes : 0;
        long result = ops.HoldsWeights ? 0 : stage.ResultBytes(state); // frames are the host's
        return new StagePlan(
            stage.Name, stage.WeightBytes(state.Model), ops.Memory.PeakBytes - resident, flops, stage.Tokens(state), result, resident,
            ops.PlannedStreamedBytes - streamed);
    }

    private static bool Fits(StagePlan plan, long memoryBytes) => plan.PeakBytes <= memoryBytes * UsableShare;

    private static RequestException TooLarge(Stage stage, StagePlan plan, RunState state, long memoryBytes)
    {
        (string property, string remedy) = stage.Blame(state.Settings);
        if (property == nameof(GenerationSettings.Width) && state is { Video: not null, Settings.AnySize: true })
        {
            (property, remedy) = (
                nameof(GenerationRequest.Video),
                $"Leave {nameof(GenerationSettings)}.{nameof(GenerationSettings.AnySize)} out, cut the video, or give a smaller size.");
        }
        string needed = $"the stage '{plan.Stage}' needs {ByteSize.ToText(plan.PeakBytes)} for its tensors"
            + (plan.ResultBytes > 0 ? " and the video" : "");
        string layers = plan.StreamedBytes > 0 ? " (two layers at a time)" : "";
        string weights = plan.ResidentBytes > 0
            ? $", {ByteSize.ToText(plan.ResidentBytes)} of weights among them{layers}"
            : $" (and {ByteSize.ToText(plan.WeightBytes)} of weights, mapped)";
        return new RequestException(property, $"{needed}{weights}, and {ByteSize.ToText(memoryBytes)} are free. {remedy}")
        {
            IsOfMemory = true,
        };
    }
}
