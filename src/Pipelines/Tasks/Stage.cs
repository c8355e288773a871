namespace CogVideoX.Pipelines;

/// <summary>
/// A part of a task: it reads from a run's state, computes on whatever device the state is on, and writes what the next stages need. A plan
/// runs the same object on a device that only counts. It holds nothing of a run itself.
/// </summary>
internal abstract class Stage
{
    /// <summary>What it is called in progress, plans, times and errors; one lower-case word.</summary>
    public abstract string Name { get; }

    /// <summary>Steps of its progress.</summary>
    public virtual int Steps(RunState state) => 1;

    /// <summary>How many of them are done before it begins, in a run that goes on.</summary>
    public virtual int StepsBefore(RunState state) => 0;

    /// <summary>Builds the models that it needs, which last longer than a run.</summary>
    public abstract void Build(ModelParts parts);

    /// <summary>Computes. What it leaves in the state is kept out of its own scope; anything else is gone when it returns.</summary>
    public abstract void Run(RunState state);

    /// <summary>Bytes of the weights that it reads.</summary>
    public abstract long WeightBytes(LoadedModel model);

    /// <summary>How many tokens look at each other in its attention; 0 where there is none.</summary>
    public virtual int Tokens(RunState state) => 0;

    /// <summary>Bytes that it hands out beside its tensors.</summary>
    public virtual long ResultBytes(RunState state) => 0;

    /// <summary>Settles settings that depend on whether the stage, as they stand, fits in the memory there is.</summary>
    /// <returns>The settings to plan with; others than before where there is a way to need less.</returns>
    public virtual GenerationSettings Settle(GenerationSettings settings, bool fits) => settings;

    /// <summary>Where it is too large: the setting that is to blame, and what needs less, as a sentence.</summary>
    public virtual (string Property, string Remedy) Blame(GenerationSettings settings) =>
        (nameof(GenerationSettings.Width), "A smaller size or fewer frames need less.");

    /// <summary>Gives its weights back, where memory is short and they are worth it; they are read again when they are asked for.</summary>
    public virtual void LetGo(ModelParts parts) { }
}
