namespace Tallygate.Model;

/// <summary>
/// The ways in which a float is written. All print the shortest digits that read back to the same value, and of those the closest to it;
/// all print NaN, +Inf and -Inf. They differ in when they switch to an exponent, which has a sign and at least two digits.
/// </summary>
public enum FloatForm
{
    /// <summary>As the text exposition format: exponent below 1e-04 and from 1e+06 on (by decimal exponent), negative zero prints <c>0</c>.</summary>
    Exposition,

    /// <summary>As <see cref="Exposition"/>, but negative zero prints <c>-0</c>: Go's <c>%g</c> and <c>%v</c>.</summary>
    General,

    /// <summary>As the values of the HTTP API's samples: exponent below 1e-06 and from 1e+21 on. Negative zero prints <c>-0</c>.</summary>
    Api,

    /// <summary>As the values of <c>le</c> and <c>quantile</c> are stored: as <see cref="Exposition"/>, but with at least <c>.0</c>.</summary>
    Label,

    /// <summary>Never an exponent: Go's <c>'f', -1</c>. Negative zero prints <c>-0</c>.</summary>
    Plain,

    /// <summary>Always an exponent, as the values of alerts: <c>1e+00</c>. Negative zero prints <c>-0e+00</c>.</summary>
    Exponent,
}
