using CogVideoX.Sampling;
using CogVideoX.Tensors;

namespace CogVideoX.Pipelines;

/// <summary>Runs the stages of a task one after the other, and says of what goes wrong in which it did.</summary>
internal static class TaskRun
{
    /// <param name="task">The stages.</param>
    /// <param name="state">What they hand to each other.</param>
    /// <param name="letsGo">Whether weights that can be given back after their stage are.</param>
    /// <exception cref="CancelledException">Stopped.</exception>
    /// <exception cref="GenerationException">Numbers that aren't finite, no memory left, or a device that failed.</exception>
    public static void Run(IReadOnlyList<Stage> task, RunState state, bool letsGo)
    {
        foreach (Stage stage in task)
        {
            try
            {
                Run(stage, state);
                if (letsGo)
                    stage.LetGo(state.Parts);
            }
            catch (OperationCanceledException exception) when (exception is not CancelledException)
            {
                throw new CancelledException(stage.Name, state.FinishedSteps, state.SavedLatents, state.KeptState);
            }
            catch (OutOfMemoryException exception)
            {
                string plan = PlanNotes.OutOfMemory(state.Plan, stage.Name);
                string message = $"The stage '{stage.Name}' ran out of memory. {exception.Message}{plan}";
                throw new GenerationException(message, state.SavedLatents, exception, state.KeptState);
            }
            catch (Exception exception) when (exception is SamplingException or TensorException or DeviceException)
            {
                string message = $"The stage '{stage.Name}' failed. {exception.Message}";
                throw new GenerationException(message, state.SavedLatents, exception, state.KeptState);
            }
        }
    }

    /// <summary>One stage, timed.</summary>
    public static void Run(Stage stage, RunState state)
    {
        stage.Build(state.Parts);
        state.Clock.Begin(stage.Name, stage.Steps(state), stage.StepsBefore(state));
        stage.Run(state);
        state.Clock.End();
    }
}
