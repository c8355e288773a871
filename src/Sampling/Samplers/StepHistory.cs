using CogVideoX.Tensors;

namespace CogVideoX.Sampling;

/// <summary>What a sampler keeps from one step to the next: tensors by name, and which step was the last.</summary>
/// <param name="ops">Where the tensors are.</param>
/// <param name="levels">How many steps the run has.</param>
/// <param name="names">What the tensors are called; each is there or isn't.</param>
internal sealed class StepHistory(Ops ops, int levels, params string[] names)
{
    private readonly Tensor[] tensors = new Tensor[names.Length];
    private int? last;

    public Tensor this[int place] => tensors[place];

    public bool Has(int place) => !tensors[place].IsNone;

    /// <summary>Puts a tensor, or none, in the place of one that is given back.</summary>
    public void Set(int place, Tensor tensor)
    {
        if (Has(place))
            ops.Memory.Release(tensors[place]);
        tensors[place] = tensor;
    }

    /// <summary>Moves a tensor over another, which is given back.</summary>
    public void Move(int from, int to)
    {
        Set(to, tensors[from]);
        tensors[from] = default;
    }

    public void Finish(int index) => last = index;

    /// <exception cref="SamplingException">No such step, or not the one that follows the last.</exception>
    public void CheckNext(int index)
    {
        StepOrder.CheckIndex(index, levels);
        if (last is { } before && index != before + 1)
        {
            throw new SamplingException(
                $"Step {index} can't follow step {before}: this sampler looks back one step. Make a new sampler for each run.");
        }
    }

    public IReadOnlyDictionary<string, Tensor> ToDictionary()
    {
        var present = new Dictionary<string, Tensor>();
        for (int i = 0; i < names.Length; i++)
        {
            if (Has(i))
                present[names[i]] = tensors[i];
        }
        return present;
    }

    /// <param name="next">The step that follows.</param>
    /// <param name="history">What <see cref="ToDictionary"/> gave; the tensors belong to this from now on.</param>
    /// <param name="required">How many of the names, from the first, have to be there.</param>
    /// <param name="optional">How many after them may be.</param>
    /// <exception cref="SamplingException">No such step, steps taken before, or tensors that this sampler doesn't keep.</exception>
    public void Restore(int next, IReadOnlyDictionary<string, Tensor> history, int required, int optional = 0)
    {
        if (last is not null)
            throw new SamplingException($"This sampler has taken step {last} already; a run goes on with a new one.");
        StepOrder.CheckRestored(next, levels, history, names[..(required + optional)]);
        if (Array.Find(names[..required], name => !history.ContainsKey(name)) is { } missing)
            throw new SamplingException($"The state has no '{missing}', which this sampler keeps before step {next}: another one kept it.");
        for (int i = 0; i < names.Length; i++)
            tensors[i] = history.GetValueOrDefault(names[i]);
        last = next - 1;
    }
}
