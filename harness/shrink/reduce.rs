//! Removes parts of a list while a property holds. Pure: the property is asked through a closure.

/// How often the property may be asked in one reduction.
const QUESTIONS: usize = 64;

/// The smallest list found for which `holds` says yes: halves first, then single parts (delta debugging).
/// `None` when it does not even hold for the whole list.
pub async fn reduce<T: Clone>(
    parts: &[T],
    mut holds: impl AsyncFnMut(&[T]) -> bool,
) -> Option<Vec<T>> {
    if !holds(parts).await {
        return None;
    }
    let mut kept = parts.to_vec();
    let mut asked = 1;
    let mut size = kept.len().div_ceil(2);
    while size > 0 && !kept.is_empty() {
        let mut at = 0;
        while at < kept.len() && asked < QUESTIONS {
            let end = (at + size).min(kept.len());
            let fewer: Vec<T> = kept[..at].iter().chain(&kept[end..]).cloned().collect();
            asked += 1;
            if holds(&fewer).await {
                kept = fewer;
            } else {
                at = end;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::reduce;

    fn wait<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .expect("a runtime without IO needs nothing")
            .block_on(future)
    }

    #[test]
    fn only_what_the_property_needs_is_kept() {
        let parts: Vec<u32> = (0..40).collect();
        let kept = wait(reduce(&parts, async |some: &[u32]| {
            some.contains(&7) && some.contains(&31)
        }));
        assert_eq!(kept, Some(vec![7, 31]));
    }

    #[test]
    fn a_property_that_does_not_hold_at_first_gives_nothing() {
        assert_eq!(wait(reduce(&[1, 2, 3], async |_: &[i32]| false)), None);
    }
}
