namespace CogVideoX.Sampling;

/// <summary>How the guidance scale runs over the steps.</summary>
public enum GuidanceCurve
{
    /// <summary>The same at every step.</summary>
    Constant,

    /// <summary>
    /// CogVideoX's dynamic guidance, as released: 1 + s·(1 − cos(π·((steps − t)/steps)⁵))/2 with t the training timestep. It
    /// leaps between 1 and 1 + s, since t is far beyond the number of steps; the authors kept it for its results
    /// (THUDM/CogVideo #267).
    /// </summary>
    Dynamic,

    /// <summary>
    /// The same wave over the part of the steps already taken, i/steps: it rises from 1 towards 1 + s. Not in the reference.
    /// </summary>
    Smooth,
}
